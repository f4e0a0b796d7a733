# SPDX-License-Identifier: LGPL-2.1-or-later
# Says how large the init became, and fails when it has outgrown its limit.
file(SIZE ${FILE} bytes)
math(EXPR limit "${LIMIT} / 1024")
message(STATUS "init: ${bytes} bytes (limit ${limit} KiB)")
if(bytes GREATER ${LIMIT})
  message(FATAL_ERROR "the init is larger than ${limit} KiB")
endif()
