/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stddef.h>

/**
 * Characters beyond ASCII: well-formed sequences as in table 3-7 of the Unicode standard.
 * @param left how many bytes there are; of a text that a NUL ends it may be more than that, for a NUL is in no sequence
 * @return the bytes of the one that begins at `p`, 0 for none
 */
size_t utf8_length(const unsigned char *p, size_t left);

#endif
