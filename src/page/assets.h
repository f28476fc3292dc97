/* assets.h - the page's style sheet and script, which the build puts into the library.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LFADS_PAGE_ASSETS_H
#define LFADS_PAGE_ASSETS_H

extern const char asset_style[], asset_script[];
#endif
