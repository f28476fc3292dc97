/* kernels.c - the table of operations for one instruction set: this set's kernels, and the
 * reference's functions for operations without a kernel.
 * SPDX-License-Identifier: Apache-2.0 */
#include "backend/cpu/kernels.h"

#include "backend/cpu/cpu.h"
#include "backend/cpu/operand_rows.h"
#include "backend/host_memory.h"
#include "backend/reference/reference.h"

/* OF(operation) is the kernel if KERNEL_operation is defined below (then the kernel is the second
 * argument of SECOND), else the reference's function. */
#define SECOND(first, second, ...) second
#define SELECT(...) SECOND(__VA_ARGS__, )
#define OF(operation) SELECT(KERNEL_##operation, reference_##operation)

#define KERNEL_product , KERNEL(product)
#define KERNEL_transpose , KERNEL(transpose)
#define KERNEL_sum_rows , KERNEL(sum_rows)
#define KERNEL_copy_masked , KERNEL(copy_masked)
#define KERNEL_copy_operand , KERNEL(copy_operand)
#define KERNEL_add_masked , KERNEL(add_masked)
#define KERNEL_gru_gates , KERNEL(gru_gates)
#define KERNEL_gru_state , KERNEL(gru_state)
#define KERNEL_gru_state_backward , KERNEL(gru_state_backward)
#define KERNEL_gru_gates_backward , KERNEL(gru_gates_backward)
#define KERNEL_sample , KERNEL(sample)
#define KERNEL_sample_backward , KERNEL(sample_backward)
#define KERNEL_poisson , KERNEL(poisson)
#define KERNEL_poisson_backward , KERNEL(poisson_backward)
#define KERNEL_exponential , KERNEL(exponential)
#define KERNEL_dropout_mask , KERNEL(dropout_mask)
#define KERNEL_sum_squares , KERNEL(sum_squares)
#define KERNEL_add_scaled , KERNEL(add_scaled)
#define KERNEL_adam , KERNEL(adam)

const struct backend *KERNEL(table)(void)
{
    static const struct backend table = {
        .name = "cpu",
        .rounds_operands = ROUNDS_OPERANDS,
        HOST_MEMORY,
#define OPERATION(name, arguments) .name = OF(name),
#include "backend/operations.def"
#undef OPERATION
    };

    return &table;
}
