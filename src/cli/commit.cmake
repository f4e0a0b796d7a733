# SPDX-License-Identifier: LGPL-2.1-or-later
# Writes the commit that is built into a header, and touches the header only when the commit has changed.
# -DSOURCE=DIR -DHEADER=FILE
cmake_minimum_required(VERSION 3.25)
execute_process(COMMAND git --no-optional-locks -C ${SOURCE} describe --always --dirty --abbrev=40 --exclude=*
  OUTPUT_VARIABLE COMMIT OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE FAILED)
if(FAILED OR NOT COMMIT)
  set(COMMIT unknown) # a release's archive, or no git
endif()
file(CONFIGURE OUTPUT ${HEADER} CONTENT "#define CAISSON_COMMIT \"@COMMIT@\"\n" @ONLY)
