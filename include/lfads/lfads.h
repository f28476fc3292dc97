/* lfads.h - Latent Factor Analysis via Dynamical Systems: the library's public interface.
 *
 * LFADS infers, from noisy spike counts (or real-valued recordings), each trial's denoised
 * firing rates, low-dimensional factors, initial condition and inferred inputs.
 *
 * Example: train on the files data/monkey_*, then write rates averaged over posterior samples.
 *
 *     struct lfads_config *config;
 *     struct lfads_error err;
 *
 *     if (lfads_config_create(&config, &err) != LFADS_OK ||
 *         lfads_config_set(config, "data_dir", "data", &err) != LFADS_OK ||
 *         lfads_config_set(config, "data_filename_stem", "monkey", &err) != LFADS_OK ||
 *         lfads_config_set(config, "lfads_save_dir", "run", &err) != LFADS_OK ||
 *         lfads_config_set(config, "max_epochs", "200", &err) != LFADS_OK ||
 *         lfads_train(config, NULL, &err) != LFADS_OK ||
 *         lfads_posterior_sample(config, NULL, &err) != LFADS_OK)
 *         fprintf(stderr, "%s\n", err.text);
 *     lfads_config_free(config);
 *
 * From arrays in memory, without files: data.h, training.h, model.h; examples/arrays.c shows it.
 *
 * Ownership: what a function stores in its argument OUT, a pointer to a pointer, the caller frees
 * with the _free function of its type, which accepts NULL and frees all that hangs on it. A
 * function that fails sets *OUT to NULL. The library copies the strings that it needs; it keeps no
 * pointer of the caller's after a call, except that callbacks are used until the call ends, or as
 * long as a training, and where a comment says so. A string that the library returns belongs to the
 * library.
 *
 * Errors: a function that can fail because of the user or the machine returns a status. If it is
 * not LFADS_OK, the function fills the caller's struct lfads_error (may be NULL) with one sentence
 * that names the thing, its value and the remedy. The library never prints and never exits. NULL
 * for an argument that must not be NULL gives LFADS_USAGE. The library can't detect a handle that
 * was freed: don't use it.
 *
 * Threads: one thread at a time may use a handle; different handles are independent, provided that
 * libhdf5 is thread-safe (Debian's is). A data set may serve several trainings, models and reports
 * at a time, while nothing is put into it, and a configuration several calls, while no flag is set
 * or read. Callbacks are called on the thread that called the library.
 *
 * Processes: a function that opens an HDF5 or MATLAB file (data, checkpoints, ...) forks a child
 * that reads it, and waits for that child by its process number. The host program gets SIGCHLD. If
 * the host ignores SIGCHLD or collects all children (waitpid(-1)), it takes the child's exit
 * status: files are still read, but an error can't say how the child ended.
 *
 * Signals: oneDNN's products use the stack pointer for other purposes. A handler of a signal that
 * can arrive while the library computes needs an alternate stack (sigaltstack, SA_ONSTACK).
 *
 * ABI: a program runs with every later library of the same major version, which is the soname's
 * number (version 0: of the same minor version). Functions, values of enums and members of structs
 * do not change. New functions, flags and values of enums may come, and new members at the end of
 * structs, which are of three kinds:
 * - A struct whose first member is size is the caller's, who sets size to the sizeof of the struct.
 *   The library reads and writes no member beyond that: what it reads is 0 there. What a newer
 *   caller has more is not read, or set to 0. A struct without a size is refused.
 * - A struct that the library allocates may grow. Lists of such structs are arrays of pointers.
 * - lfads_error, lfads_costs, lfads_array and lfads_output never grow: others hold them, or calls
 *   take arrays of them.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_LFADS_H
#define LFADS_LFADS_H
#include <lfads/commands.h>
#include <lfads/common.h>
#include <lfads/config.h>
#include <lfads/data.h>
#include <lfads/denoiser.h>
#include <lfads/hdf5.h>
#include <lfads/model.h>
#include <lfads/ranks.h>
#include <lfads/scores.h>
#include <lfads/training.h>

#endif
