/* flags_clear.h - undefines the macros of flags.def, before the next use of the table.
 * SPDX-License-Identifier: Apache-2.0 */
#undef FLAG_STRING
#undef FLAG_PLACE
#undef FLAG_FILES
#undef FLAG_BOOL
#undef FLAG_INT
#undef FLAG_FLOAT
#undef FLAG_ABOVE
