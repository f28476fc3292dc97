/* clock.h - a monotonic clock.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BASE_CLOCK_H
#define LFADS_BASE_CLOCK_H
/* Returns the seconds since a fixed moment in the past. Never decreases. */
double clock_seconds(void);
#endif
