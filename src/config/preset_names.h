/* preset_names.h - the values of --preset.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_CONFIG_PRESET_NAMES_H
#define LFADS_CONFIG_PRESET_NAMES_H

#define PRESET_ORIGINAL "original"
#define PRESET_AUTO "auto"
#define PRESETS PRESET_ORIGINAL "|lfads_torch|autolfads|" PRESET_AUTO
#endif
