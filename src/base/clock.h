/* clock.h - the time that has passed.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_BASE_CLOCK_H
#define LFADS_BASE_CLOCK_H
/* Seconds since some moment, never going back. */
double clock_seconds(void);
#endif
