# SPDX-License-Identifier: LGPL-2.1-or-later
# Run by CPack before it closes the package: Debian's manuals are compressed.
file(GLOB_RECURSE manuals ${CPACK_TEMPORARY_DIRECTORY}/*/share/man/*.1)
foreach(manual ${manuals})
  execute_process(COMMAND gzip -9nf ${manual})
endforeach()
