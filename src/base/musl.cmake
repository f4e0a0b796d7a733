# SPDX-License-Identifier: LGPL-2.1-or-later
# How to link the main program with musl, though the distribution's libseccomp.a and libyajl_s.a are built for glibc.
#
# That is sound as long as all that they call is the same in both: functions of the C standard and of the kernel that
# take and return integers, floating point numbers and pointers to memory or to a structure which they do not look
# into. No `struct stat`, no table of character classes, no `stdout`. So their undefined symbols are compared with a
# list of such functions here, and where a version of a library wants another one, glibc it is.
set(SAME_IN_BOTH _GLOBAL_OFFSET_TABLE_ __assert_fail __errno_location __stack_chk_fail
    abort calloc close dup fclose fdopen fflush free fwrite ioctl malloc memcmp memcpy memmove memset prctl realloc
    snprintf strcat strcmp strcpy strdup strlen strspn strtod syscall write)
set(GIVEN_BY_US __fprintf_chk __memcpy_chk __snprintf_chk __sprintf_chk) # in fortify.c

# undefined_symbols VARIABLE ARCHIVE: what it calls that is neither its own nor known to be the same
function(undefined_symbols variable archive)
  execute_process(COMMAND ${CMAKE_NM} ${archive} OUTPUT_VARIABLE symbols ERROR_QUIET COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCHALL " U [^\n]+" undefined "${symbols}")
  string(REGEX MATCHALL "[0-9a-f]+ [TDBRVWC] [^\n]+" defined "${symbols}")
  list(TRANSFORM undefined REPLACE "^ U " "")
  list(TRANSFORM defined REPLACE "^[0-9a-f]+ . " "")
  list(REMOVE_DUPLICATES undefined)
  list(REMOVE_ITEM undefined "" ${defined} ${SAME_IN_BOTH} ${GIVEN_BY_US})
  set(${variable} ${undefined} PARENT_SCOPE)
endfunction()

# Where musl is: as its compiler wrapper tells the compiler.
execute_process(COMMAND ${MUSL_GCC} "-###" -static -x c /dev/null OUTPUT_QUIET ERROR_VARIABLE commands)
string(REGEX MATCH "-isystem \"?([^ \"]*musl[^ \"]*)" _ "${commands}")
set(MUSL_INCLUDE ${CMAKE_MATCH_1})
string(REGEX MATCH "-L *\"?([^ \"]*musl[^ \"]*)" _ "${commands}")
set(MUSL_LIB ${CMAKE_MATCH_1})
execute_process(COMMAND ${CMAKE_C_COMPILER} -print-file-name=include OUTPUT_VARIABLE own_include
                OUTPUT_STRIP_TRAILING_WHITESPACE)
execute_process(COMMAND ${CMAKE_C_COMPILER} -print-libgcc-file-name OUTPUT_VARIABLE libgcc
                OUTPUT_STRIP_TRAILING_WHITESPACE)

undefined_symbols(SECCOMP_WANTS ${SECCOMP_A})
undefined_symbols(YAJL_WANTS ${YAJL_A})
if(NOT EXISTS "${MUSL_INCLUDE}/stdio.h" OR NOT EXISTS "${MUSL_LIB}/crt1.o")
  message(WARNING "${MUSL_GCC} does not say where musl is: linking with glibc")
elseif(SECCOMP_WANTS OR YAJL_WANTS)
  message(WARNING "${SECCOMP_A} or ${YAJL_A} calls ${SECCOMP_WANTS} ${YAJL_WANTS}: linking with glibc")
else()
  set(CAISSON_WITH_MUSL ON)
  # The libraries' and the kernel's headers behind musl's.
  set(MUSL_COMPILE_OPTIONS -fno-pie -nostdinc "SHELL:-isystem ${MUSL_INCLUDE}" "SHELL:-isystem ${own_include}"
      "SHELL:-idirafter /usr/include" "SHELL:-idirafter /usr/include/${CMAKE_C_LIBRARY_ARCHITECTURE}")
  set(MUSL_LINK_OPTIONS -static -nostdlib)
  # Without crti.o and crtn.o: constructors are called by their table, and nothing here has code in .init or .fini.
  set(MUSL_START ${MUSL_LIB}/crt1.o ${MUSL_LIB}/libc.a)
  set(MUSL_LIBRARIES ${MUSL_LIB}/libc.a ${libgcc} ${MUSL_LIB}/libc.a)
endif()
