/* vector.h - a vector of floats of the instruction set that the file is compiled for, and functions
 * on it. Every kernel of this folder is compiled once for each set; table.c selects one.
 *
 * Loads and stores have the number N of elements left in the row as an argument and access at most
 * LANES of them; a load sets the other lanes to zero.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BACKEND_CPU_VECTOR_H
#define LFADS_BACKEND_CPU_VECTOR_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__AVX512F__) && defined(__AVX512DQ__)
#include <immintrin.h>

#ifdef __AVX512BF16__
#define KERNEL(name) cpu_bf16_##name
#else
#define KERNEL(name) cpu_avx512_##name
#endif
typedef __m512 vec;
enum { LANES = 16 };

static inline __mmask16 vec_lanes(size_t n)
{
    return n >= LANES ? (__mmask16)0xffff : (__mmask16)((1u << n) - 1);
}
static inline vec vec_load(const float *p, size_t n)
{
    return n >= LANES ? _mm512_loadu_ps(p) : _mm512_maskz_loadu_ps(vec_lanes(n), p);
}
static inline void vec_store(float *p, vec x, size_t n)
{
    if (n >= LANES)
        _mm512_storeu_ps(p, x);
    else
        _mm512_mask_storeu_ps(p, vec_lanes(n), x);
}
static inline vec vec_all(float x) { return _mm512_set1_ps(x); }
/* e^x = 2^n e^r, with an integer n and |r| <= ln(2)/2, e^r by its series, whose next term is below
 * 2^-27. Inline, because a call of a library's function would spill the caller's registers. |x| is
 * at most 128, which keeps r small. */
static inline vec vec_exp(vec x)
{
    const vec n = _mm512_roundscale_ps(x * _mm512_set1_ps(0x1.715476p+0f), 0);
    const vec r = _mm512_fnmadd_ps(n, _mm512_set1_ps(-0x1.05c610p-29f),
                                   _mm512_fnmadd_ps(n, _mm512_set1_ps(0x1.62e430p-1f), x));
    vec sum = _mm512_fmadd_ps(_mm512_set1_ps(1.0f / 5040), r, _mm512_set1_ps(1.0f / 720));

    sum = _mm512_fmadd_ps(sum, r, _mm512_set1_ps(1.0f / 120));
    sum = _mm512_fmadd_ps(sum, r, _mm512_set1_ps(1.0f / 24));
    sum = _mm512_fmadd_ps(sum, r, _mm512_set1_ps(1.0f / 6));
    sum = _mm512_fmadd_ps(sum, r, _mm512_set1_ps(0.5f));
    sum = _mm512_fmadd_ps(sum, r, _mm512_set1_ps(1));
    sum = _mm512_fmadd_ps(sum, r, _mm512_set1_ps(1));
    return _mm512_scalef_ps(sum, n);
}
/* e^x = 2^(n/16) e^r for |x| <= 87: adding and subtracting 1.5 2^23 rounds to the integer n, whose
 * last four bits select a power of two, and whose others are added to its exponent. |r| is at most
 * ln(2)/32, so that the next term of the series is below 2^-26. */
static inline vec vec_exp_small(vec x)
{
    const vec powers = _mm512_setr_ps(
        0x1p+0f, 0x1.0b5586p+0f, 0x1.172b84p+0f, 0x1.2387a6p+0f, 0x1.306fe0p+0f, 0x1.3dea64p+0f,
        0x1.4bfdaep+0f, 0x1.5ab07ep+0f, 0x1.6a09e6p+0f, 0x1.7a1148p+0f, 0x1.8ace54p+0f,
        0x1.9c4918p+0f, 0x1.ae89fap+0f, 0x1.c199bep+0f, 0x1.d5818ep+0f, 0x1.ea4afap+0f);
    const vec round = _mm512_set1_ps(0x1.8p+23f);
    const vec sum_n = _mm512_fmadd_ps(x, _mm512_set1_ps(0x1.715476p+4f), round), n = sum_n - round;
    const vec r = _mm512_fnmadd_ps(n, _mm512_set1_ps(0x1.62e430p-5f), x);
    const __m512i bits = _mm512_castps_si512(sum_n);
    const __m512i exponent =
        _mm512_and_si512(_mm512_slli_epi32(bits, 19), _mm512_set1_epi32((int)0xff800000u));
    const vec power = _mm512_permutexvar_ps(bits, powers);
    vec sum = _mm512_fmadd_ps(_mm512_set1_ps(1.0f / 6), r, _mm512_set1_ps(0.5f));

    sum = _mm512_fmadd_ps(sum, r, _mm512_set1_ps(1));
    sum = _mm512_fmadd_ps(sum, r, _mm512_set1_ps(1));
    return _mm512_castsi512_ps(_mm512_add_epi32(_mm512_castps_si512(power), exponent)) * sum;
}
/* Returns TABLE[k] for each element of k, integers below 16. */
static inline vec vec_lookup(const float table[16], vec k)
{
    return _mm512_permutexvar_ps(_mm512_cvttps_epi32(k), _mm512_loadu_ps(table));
}
static inline bool vec_any_above(vec x, float bound)
{
    return _mm512_cmp_ps_mask(x, _mm512_set1_ps(bound), _CMP_NLE_UQ) != 0;
}
static inline vec vec_sqrt(vec x) { return _mm512_sqrt_ps(x); }
/* if one argument is NaN, these return the second */
static inline vec vec_min(vec a, vec b) { return _mm512_min_ps(a, b); }
static inline vec vec_max(vec a, vec b) { return _mm512_max_ps(a, b); }
/* Returns x, with zero where |s| > k. */
static inline vec vec_within(vec x, vec s, vec k)
{
    return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(_mm512_abs_ps(s), k, _CMP_NGT_UQ), x);
}
/* Returns x, with zero where s is zero. */
static inline vec vec_unless_zero(vec x, vec s)
{
    return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(s, _mm512_setzero_ps(), _CMP_NEQ_UQ), x);
}

/* Some processors need half the time for half a vector: vec_all and sum + x*y in the first half;
 * the other is undefined. */
enum { HAS_HALVES = 1 };
static inline vec vec_all_half(float x) { return _mm512_castps256_ps512(_mm256_set1_ps(x)); }
static inline vec vec_add_half(vec sum, vec x, vec y)
{
    return _mm512_castps256_ps512(_mm512_castps512_ps256(sum) +
                                  _mm512_castps512_ps256(x) * _mm512_castps512_ps256(y));
}

#elif defined(__AVX2__) && defined(__FMA__)
#include <immintrin.h>
#include <sleef.h>

#define KERNEL(name) cpu_avx2_##name
typedef __m256 vec;
enum { LANES = 8 };

static inline __m256i vec_lanes(size_t n)
{
    const __m256i index = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);

    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)(n < LANES ? n : LANES)), index);
}
static inline vec vec_load(const float *p, size_t n)
{
    return n >= LANES ? _mm256_loadu_ps(p) : _mm256_maskload_ps(p, vec_lanes(n));
}
static inline void vec_store(float *p, vec x, size_t n)
{
    if (n >= LANES)
        _mm256_storeu_ps(p, x);
    else
        _mm256_maskstore_ps(p, vec_lanes(n), x);
}
static inline vec vec_all(float x) { return _mm256_set1_ps(x); }
static inline vec vec_exp(vec x) { return Sleef_expf8_u10avx2(x); }
static inline vec vec_exp_small(vec x) { return vec_exp(x); }
static inline vec vec_lookup(const float table[16], vec k)
{
    return _mm256_i32gather_ps(table, _mm256_cvttps_epi32(k), 4);
}
static inline bool vec_any_above(vec x, float bound)
{
    return _mm256_movemask_ps(_mm256_cmp_ps(x, _mm256_set1_ps(bound), _CMP_NLE_UQ)) != 0;
}
static inline vec vec_sqrt(vec x) { return _mm256_sqrt_ps(x); }
static inline vec vec_min(vec a, vec b) { return _mm256_min_ps(a, b); }
static inline vec vec_max(vec a, vec b) { return _mm256_max_ps(a, b); }
static inline vec vec_within(vec x, vec s, vec k)
{
    __m256 size = _mm256_andnot_ps(_mm256_set1_ps(-0.0f), s);

    return _mm256_and_ps(x, _mm256_cmp_ps(size, k, _CMP_NGT_UQ));
}
static inline vec vec_unless_zero(vec x, vec s)
{
    return _mm256_and_ps(x, _mm256_cmp_ps(s, _mm256_setzero_ps(), _CMP_NEQ_UQ));
}

#elif defined(LFADS_NEON)
#include <arm_neon.h>

#define KERNEL(name) cpu_neon_##name
typedef float32x4_t vec;
enum { LANES = 4 };

static inline vec vec_load(const float *p, size_t n)
{
    vec x = vdupq_n_f32(0);

    if (n >= LANES)
        return vld1q_f32(p);
    if (n > 0)
        x = vld1q_lane_f32(p, x, 0);
    if (n > 1)
        x = vld1q_lane_f32(p + 1, x, 1);
    if (n > 2)
        x = vld1q_lane_f32(p + 2, x, 2);
    return x;
}
static inline void vec_store(float *p, vec x, size_t n)
{
    if (n >= LANES) {
        vst1q_f32(p, x);
        return;
    }
    if (n > 0)
        vst1q_lane_f32(p, x, 0);
    if (n > 1)
        vst1q_lane_f32(p + 1, x, 1);
    if (n > 2)
        vst1q_lane_f32(p + 2, x, 2);
}
static inline vec vec_all(float x) { return vdupq_n_f32(x); }
/* As with AVX-512, for |x| <= 87: n is added to the exponent's bits. That of a NaN is 0, so that it
 * stays one. */
static inline vec vec_exp(vec x)
{
    const int32x4_t n = vcvtnq_s32_f32(x * vdupq_n_f32(0x1.715476p+0f));
    const vec whole = vcvtq_f32_s32(n);
    const vec r = vfmsq_f32(vfmsq_f32(x, whole, vdupq_n_f32(0x1.62e430p-1f)), whole,
                            vdupq_n_f32(-0x1.05c610p-29f));
    vec sum = vfmaq_f32(vdupq_n_f32(1.0f / 720), vdupq_n_f32(1.0f / 5040), r);

    sum = vfmaq_f32(vdupq_n_f32(1.0f / 120), sum, r);
    sum = vfmaq_f32(vdupq_n_f32(1.0f / 24), sum, r);
    sum = vfmaq_f32(vdupq_n_f32(1.0f / 6), sum, r);
    sum = vfmaq_f32(vdupq_n_f32(0.5f), sum, r);
    sum = vfmaq_f32(vdupq_n_f32(1), sum, r);
    sum = vfmaq_f32(vdupq_n_f32(1), sum, r);
    return vreinterpretq_f32_s32(vaddq_s32(vreinterpretq_s32_f32(sum), vshlq_n_s32(n, 23)));
}
static inline vec vec_exp_small(vec x) { return vec_exp(x); }
/* One instruction looks bytes up; 4k to 4k+3 are those of TABLE[k]. */
static inline vec vec_lookup(const float table[16], vec k)
{
    const uint8x16x4_t bytes = vld1q_u8_x4((const uint8_t *)table);
    const uint32x4_t index = vmlaq_n_u32(vdupq_n_u32(0x03020100), vcvtq_u32_f32(k), 0x04040404);

    return vreinterpretq_f32_u8(vqtbl4q_u8(bytes, vreinterpretq_u8_u32(index)));
}
static inline bool vec_any_above(vec x, float bound)
{
    return vminvq_u32(vcleq_f32(x, vdupq_n_f32(bound))) == 0;
}
static inline vec vec_sqrt(vec x) { return vsqrtq_f32(x); }
static inline vec vec_min(vec a, vec b) { return vbslq_f32(vcltq_f32(a, b), a, b); }
static inline vec vec_max(vec a, vec b) { return vbslq_f32(vcgtq_f32(a, b), a, b); }
/* Returns x, with zero where MASK is set. */
static inline vec vec_cleared(vec x, uint32x4_t mask)
{
    return vreinterpretq_f32_u32(vbicq_u32(vreinterpretq_u32_f32(x), mask));
}
static inline vec vec_within(vec x, vec s, vec k)
{
    return vec_cleared(x, vcgtq_f32(vabsq_f32(s), k));
}
static inline vec vec_unless_zero(vec x, vec s) { return vec_cleared(x, vceqzq_f32(s)); }

#else
#include <math.h>

#define KERNEL(name) cpu_plain_##name
typedef float vec;
enum { LANES = 1 };

static inline vec vec_load(const float *p, size_t n) { return n ? *p : 0; }
static inline void vec_store(float *p, vec x, size_t n)
{
    if (n)
        *p = x;
}
static inline vec vec_all(float x) { return x; }
static inline vec vec_exp(vec x) { return expf(x); }
static inline vec vec_exp_small(vec x) { return expf(x); }
static inline vec vec_lookup(const float table[16], vec k) { return table[(int)k]; }
static inline bool vec_any_above(vec x, float bound) { return !(x <= bound); }
static inline vec vec_sqrt(vec x) { return sqrtf(x); }
static inline vec vec_min(vec a, vec b) { return a < b ? a : b; }
static inline vec vec_max(vec a, vec b) { return a > b ? a : b; }
static inline vec vec_within(vec x, vec s, vec k) { return fabsf(s) > k ? 0 : x; }
static inline vec vec_unless_zero(vec x, vec s) { return s == 0 ? 0 : x; }
#endif

#if !(defined(__AVX512F__) && defined(__AVX512DQ__))
enum { HAS_HALVES = 0 };
static inline vec vec_all_half(float x) { return vec_all(x); }
static inline vec vec_add_half(vec sum, vec x, vec y) { return sum + x * y; }
#endif

/* Prefetches the places of the next and the previous bin that are X's in this one, SIZE elements
 * away: one of them is read next, and the hardware prefetcher misses the pattern. */
static inline void prefetch_bins(const float *x, size_t size)
{
    __builtin_prefetch(x + size, 1, 2);
    __builtin_prefetch(x - size, 1, 2);
}

/* Returns x limited to [-bound, bound]. A NaN stays NaN: as the second argument of vec_min and
 * vec_max it is returned. */
static inline vec vec_limited(vec x, float bound)
{
    return vec_max(vec_all(-bound), vec_min(vec_all(bound), x));
}

/* The logistic function and tanh = 2 sigma(2x) - 1. The absolute error is a few 1e-8, enough for
 * gates; a tanh with a small relative error near zero takes four times as long. Limiting exp's
 * argument avoids overflow and changes the result by less than 1e-37. */
static inline vec vec_sigmoid(vec x)
{
    return vec_all(1) / (vec_all(1) + vec_exp_small(vec_limited(vec_all(0) - x, 87)));
}
static inline vec vec_tanh(vec x) { return vec_all(2) * vec_sigmoid(x + x) - vec_all(1); }
#endif
