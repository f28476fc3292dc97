/* summary.c - says what came out of a recording, and what may spoil a training on it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "prepare/summary.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_NAMED = 12 };

typedef void say(void *payload, const char *text);

static void __attribute__((format(printf, 3, 4)))
speak(say *to, void *payload, const char *format, ...)
{
    char text[600];
    va_list words;

    if (!to)
        return;
    va_start(words, format);
    vsnprintf(text, sizeof text, format, words);
    va_end(words);
    to(payload, text);
}

static void say_reasons(const struct plan_reason *reasons, size_t count, const char *what,
                        const struct lfads_callbacks *callbacks)
{
    for (size_t i = 0; i < count; i++)
        speak(callbacks->line, callbacks->payload, "  left out     %zu %s%s: %s", reasons[i].count,
              what, reasons[i].count == 1 ? "" : "s", reasons[i].text);
}

/* The least, the middle and the greatest rate of a unit in spikes/s. */
static void rates_of(double rates[3], const struct plan *plan, const struct tally *tally)
{
    double *sorted = malloc(plan->units * sizeof *sorted);

    rates[0] = rates[1] = rates[2] = (double)NAN;
    if (!sorted)
        return;
    for (size_t i = 0; i < plan->units; i++) {
        double rate = tally->unit[i] / (tally->seen[i] * plan->width);
        size_t k = i;

        for (; k > 0 && sorted[k - 1] > rate; k--)
            sorted[k] = sorted[k - 1];
        sorted[k] = rate;
    }
    rates[0] = sorted[0];
    rates[1] = sorted[plan->units / 2];
    rates[2] = sorted[plan->units - 1];
    free(sorted);
}

static void say_table(const char *path, const struct raw *raw, const struct plan *plan,
                      const struct tally *tally, const struct lfads_callbacks *callbacks)
{
    double rates[3], numbers = (double)(plan->count * plan->bins * plan->units);
    say *line = callbacks->line;
    void *to = callbacks->payload;

    rates_of(rates, plan, tally);
    speak(line, to, "Wrote %s", path);
    speak(line, to, "  trials       %zu: %zu to train on, %zu for validation", plan->count,
          plan->count - plan->valid, plan->valid);
    say_reasons(plan->trial_reason, plan->trial_reasons, "trial", callbacks);
    if (plan->total > 0)
        speak(line, to, "  cut from     %zu bins, with %zu in common", plan->total, plan->overlap);
    if (plan->conditions > 0)
        speak(line, to, "  conditions   %zu", plan->conditions);
    speak(line, to, "  bins         %zu of %g ms", plan->bins, 1e3 * plan->width);
    if (tally->entries < numbers)
        speak(line, to, "  not recorded %.1f %% of the bins: missing data (--missing_data=skip)",
              100 - 100 * tally->entries / numbers);
    speak(line, to, "  units        %zu of %zu", plan->units, raw->units);
    if (plan->heldout > 0)
        speak(line, to, "  held out     %zu unit%s, the last channel%s (heldout_dim in the file)",
              plan->heldout, plan->heldout == 1 ? "" : "s", plan->heldout == 1 ? "" : "s");
    say_reasons(plan->unit_reason, plan->unit_reasons, "unit", callbacks);
    speak(line, to, "  spikes       %.0f, %.3g a bin and unit, at most %.0f in a bin",
          tally->spikes, tally->spikes / tally->entries, tally->largest);
    speak(line, to, "  rates        %.3g to %.3g spikes/s, median %.3g", rates[0], rates[2],
          rates[1]);
    speak(line, to, "  empty bins   %.1f %%", 100 * tally->zeros / tally->entries);
}

void summary_report(const char *path, const struct raw *raw, const struct plan *plan,
                    const struct tally *tally, const struct lfads_callbacks *callbacks)
{
    if (!callbacks)
        return;
    say_table(path, raw, plan, tally, callbacks);
}
