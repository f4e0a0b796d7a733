# SPDX-License-Identifier: LGPL-2.1-or-later
# A Debian package: `cpack -G DEB` in the build directory, or contrib/package, which checks it with lintian, too. Its
# files are those of `cmake --install`, under /usr.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME caisson)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "The caisson developers <caisson@users.noreply.github.com>")
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "low-level OCI container runtime")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "caisson runs containers by the OCI runtime specification: podman, buildah,
containerd, docker and CRI-O can call it where they call runc or crun. The
part of it that runs inside the container is a tiny static program; what it
will do is decided before, as a plan that can be printed and checked.")
set(CPACK_DEBIAN_PACKAGE_ENHANCES "podman, buildah, containerd, docker.io")
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)

# What Debian's policy asks for beside the program: a copyright file, a compressed changelog, compressed manuals.
set(PACKAGE_DOC ${CMAKE_BINARY_DIR}/package)
file(WRITE ${PACKAGE_DOC}/copyright
"Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: caisson

Files: *
Copyright: 2026 The caisson developers
License: LGPL-2.1+
 On Debian systems the text of the GNU Lesser General Public License, version
 2.1, is in /usr/share/common-licenses/LGPL-2.1. Later versions may be used.
")
file(WRITE ${PACKAGE_DOC}/changelog
"caisson (${PROJECT_VERSION}) unstable; urgency=medium

  * This release: see the history of the repository.

 -- The caisson developers <caisson@users.noreply.github.com>  Thu, 01 Jan 2026 00:00:00 +0000
")
# The program is static on purpose: it starts faster.
file(WRITE ${PACKAGE_DOC}/caisson
"caisson: statically-linked-binary [usr/bin/caisson]
")
install(FILES ${PACKAGE_DOC}/caisson DESTINATION ${CMAKE_INSTALL_DATADIR}/lintian/overrides)
find_program(GZIP gzip)
if(GZIP)
  execute_process(COMMAND ${GZIP} -9nf ${PACKAGE_DOC}/changelog)
  install(FILES ${PACKAGE_DOC}/copyright ${PACKAGE_DOC}/changelog.gz DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/caisson)
endif()
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_SOURCE_DIR}/contrib/package-finish.cmake)
include(CPack)
