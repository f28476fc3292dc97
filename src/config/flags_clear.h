/* flags_clear.h - forgets the macros of flags.def before it is read another way.
 * SPDX-License-Identifier: Apache-2.0 */
#undef FLAG_STRING
#undef FLAG_BOOL
#undef FLAG_INT
#undef FLAG_FLOAT
#undef FLAG_ABOVE
