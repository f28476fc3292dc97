/* main.c - lfads-bench: measures speed as a ratio to the machine's matrix product in the same run.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

static const char usage[] =
    "usage: lfads-bench COMMAND [--option=value ...]\n"
    "  step      a whole training step\n"
    "  sample    posterior samples of a trial\n"
    "  latency   one trial from its data to its rates, by the posterior's means\n"
    "  ops       single operations of the backend at the workload's sizes\n"
    "  startup   the program from its start to its end\n"
    "options: --workload=W1|W2|W3 --threads=N --repeats=N --bins=T "
    "--channels=N --samples=S --json\n"
    "--processor-time (step, sample, ops): instead of the clock's, where other work shares the "
    "cores\n"
    "--alone (step): without the matrix product that it is compared with, for profiles\n"
    "--precision=float32|tf32|bf16, --device=gpu:N (step, sample), and any flag of the model, such "
    "as --gen_dim=64\n";

static const struct {
    const char *name;
    int (*run)(const struct options *options);
    bool on_device, by_processor_time;
} commands[] = {{"step", bench_step, true, true},
                {"sample", bench_sample, true, true},
                {"latency", bench_latency, false, false},
                {"ops", bench_ops, false, true},
                {"startup", bench_startup, false, false}};

/* Whether WORD is NAME=number; sets *VALUE. */
static bool number_is(const char *word, const char *name, size_t *value)
{
    size_t length = strlen(name);

    if (strncmp(word, name, length) != 0 || word[length] != '=')
        return false;
    *value = strtoul(word + length + 1, NULL, 10);
    return true;
}

static bool parse(struct options *o, int argc, char **argv)
{
    for (int i = 0; i < argc; i++) {
        const char *word = argv[i] + 2;

        if (strncmp(argv[i], "--", 2) != 0)
            return false;
        if (strncmp(word, "workload=", 9) == 0)
            o->workload = word + 9;
        else if (strcmp(word, "json") == 0)
            o->json = true;
        else if (strcmp(word, "alone") == 0)
            o->alone = true;
        else if (strcmp(word, "processor-time") == 0)
            o->processor_time = true;
        else if (strncmp(word, "precision=", 10) == 0)
            o->precision = word + 10;
        else if (strncmp(word, "device=", 7) == 0)
            o->device = word + 7;
        else if (!number_is(word, "threads", &o->threads) &&
                 !number_is(word, "repeats", &o->repeats) && !number_is(word, "bins", &o->bins) &&
                 !number_is(word, "channels", &o->channels) &&
                 !number_is(word, "samples", &o->samples)) {
            if (!strchr(word, '=') || o->n_flags == MAX_FLAGS)
                return false;
            o->flags[o->n_flags++] = word;
        }
    }
    return o->threads >= 1 && o->threads <= 1024 && o->repeats >= 1 && o->repeats <= MAX_REPEATS;
}

int main(int argc, char **argv)
{
    struct options options = {
        .workload = "W1", .threads = 1, .repeats = 15, .precision = "float32"};

    for (size_t i = 0; argc > 1 && i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(argv[1], commands[i].name) == 0 && parse(&options, argc - 2, argv + 2) &&
            (commands[i].on_device || !options.device) &&
            (commands[i].by_processor_time || !options.processor_time) &&
            !(options.device && options.processor_time))
            return commands[i].run(&options);
    fputs(usage, stderr);
    return 2;
}
