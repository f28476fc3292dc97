/* tracked.h - numbers that carry a bound of their rounding error.
 *
 * The reference's plain loops, compiled with tracked numbers, derive the tolerance of every element
 * of every operation. A tracked number is the exact value (in double) and a bound of its error in
 * float: with the unit roundoff u (2^-24 for float) each operation propagates the errors of its
 * arguments and adds its own rounding error (running error analysis: Wilkinson; Higham, Accuracy
 * and Stability, 3.3):
 *
 *   a + b     e_a + e_b; for a sum of k terms, added in any order, plus (k - 1) u times the sum
 *             of the terms' magnitudes
 *   a b       |a| e_b + |b| e_a + u |ab|
 *   a / b     (e_a + |a/b| e_b)/|b| + u |a/b|
 *   exp x     |y| e_x + 4u |y|: the error of libraries' and devices' functions is at most two
 *   log x     e_x/|x| + 4u |y|  units in the last place, which are 4u
 *   lgamma x  (|log x| + 1/x) e_x + 8u |y|
 *   sqrt x    e_x/(2 |y|) + u |y|
 *   log x     e_x/|x| + 4 u |y|
 *   sin, cos  e_x + 4u
 *   tanh x    (1 - y^2) e_x + 4u, an absolute error, because the CPU's is 2 sigma(2x) - 1
 *   sigma x   sigma (1 - sigma) e_x + 3u, an absolute error too
 *
 * The final bound is increased by a thousandth for errors of second order, u^2. A copy has error
 * 0. SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_TESTS_TRACKED_H
#define LFADS_TESTS_TRACKED_H
#include <math.h>

#include <type_traits>

struct float_unit {
    static double unit() { return 0x1p-24; }
    static double constant_error(double x) { return fabs(x - (double)(float)x); }
};

struct double_unit {
    static double value; /* set for each operation (tracked.cpp) */
    static double unit() { return value; }
    static double constant_error(double) { return 0; }
};

template <class U> struct tracked {
    double value, error;    /* of a sum: error is that of the terms */
    double size, additions; /* of a sum: the terms' magnitudes; the number of additions */

    tracked() = default;
    template <class T, class = std::enable_if_t<std::is_arithmetic_v<T>>>
    tracked(T x)
        : value((double)x), error(U::constant_error((double)x)), size(fabs((double)x)), additions(0)
    {
    }
    tracked(double v, double e) : value(v), error(e), size(fabs(v)), additions(0) {}
    double bound() const { return error + additions * U::unit() * size; }
    /* Converts between real and acc. */
    template <class V, class = std::enable_if_t<!std::is_same_v<U, V>>>
    explicit tracked(const tracked<V> &x)
        : tracked(x.value, x.bound() + (U::unit() > V::unit() ? U::unit() * fabs(x.value) : 0))
    {
    }
    explicit operator double() const { return value; }

    /* Returns Y with error E plus ROUNDINGS unit roundoffs of Y. */
    static tracked rounded(double y, double e, double roundings = 1)
    {
        return tracked(y, e + roundings * U::unit() * fabs(y));
    }
    static tracked sum(tracked a, tracked b, double y)
    {
        tracked x(y, a.error + b.error);

        x.size = a.size + b.size;
        x.additions = a.additions + b.additions + 1;
        return x;
    }

    friend tracked operator-(tracked a) { return tracked(-a.value, a.bound()); }
    friend tracked operator+(tracked a, tracked b) { return sum(a, b, a.value + b.value); }
    friend tracked operator-(tracked a, tracked b) { return sum(a, b, a.value - b.value); }
    friend tracked operator*(tracked a, tracked b)
    {
        return rounded(a.value * b.value, fabs(a.value) * b.bound() + fabs(b.value) * a.bound());
    }
    friend tracked operator/(tracked a, tracked b)
    {
        double y = a.value / b.value;

        return rounded(y, (a.bound() + fabs(y) * b.bound()) / fabs(b.value));
    }
    tracked &operator+=(tracked b) { return *this = *this + b; }
    tracked &operator-=(tracked b) { return *this = *this - b; }
    tracked &operator*=(tracked b) { return *this = *this * b; }
    tracked &operator/=(tracked b) { return *this = *this / b; }

    friend bool operator<(tracked a, tracked b) { return a.value < b.value; }
    friend bool operator>(tracked a, tracked b) { return a.value > b.value; }
    friend bool operator==(tracked a, tracked b) { return a.value == b.value; }
    friend bool operator!=(tracked a, tracked b) { return a.value != b.value; }
    friend bool isfinite(tracked a) { return std::isfinite(a.value); }

    friend tracked sqrt(tracked x)
    {
        double y = ::sqrt(x.value);

        return rounded(y, x.bound() > 0 ? x.bound() / (2 * y) : 0);
    }
    friend tracked log(tracked x) { return rounded(::log(x.value), x.bound() / fabs(x.value), 4); }
    friend tracked exp(tracked x)
    {
        double y = ::exp(x.value);

        return rounded(y, y * x.bound(), 4);
    }
    /* its derivative psi(x) is between ln x - 1/x and ln x */
    friend tracked lgamma(tracked x)
    {
        double slope = fabs(::log(x.value)) + 1 / x.value;

        return rounded(::lgamma(x.value), slope * x.bound(), 8);
    }
};

typedef tracked<float_unit> real;
typedef tracked<double_unit> acc;

static inline real real_exp(real x)
{
    double y = exp(x.value);

    return real::rounded(y, y * x.bound(), 4);
}
static inline real real_log(real x)
{
    return real::rounded(log(x.value), x.bound() / fabs(x.value), 4);
}
static inline real real_sqrt(real x) { return sqrt(x); }
static inline real real_cos(real x)
{
    return real::rounded(cos(x.value), x.bound() + 4 * float_unit::unit(), 0);
}
static inline real real_sin(real x)
{
    return real::rounded(sin(x.value), x.bound() + 4 * float_unit::unit(), 0);
}
static inline real real_tanh(real x)
{
    double y = tanh(x.value);

    return real::rounded(y, (1 - y * y) * x.bound() + 4 * float_unit::unit(), 0);
}
static inline real real_sigmoid(real x)
{
    double y = 1 / (1 + exp(-x.value));

    return real::rounded(y, y * (1 - y) * x.bound() + 3 * float_unit::unit(), 0);
}
static inline real real_clip(real x, real k) { return x > k ? k : x < -k ? -k : x; }
#endif
