# A .deb and an .rpm by CPack, from the rules of Install.cmake: `make package`.
# The timer is installed and not enabled: when a machine is audited, and what is demanded of it, is its admin's choice.
# There is nothing of plumbline in /etc, and so no conffile; options go into a drop-in of the unit.
set(PLUMBLINE_PACKAGER "plumbline maintainers <root@localhost>" CACHE STRING "Who made the packages: Name <address>")

set(CPACK_PACKAGE_NAME plumbline)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGE_DESCRIPTION
    "plumbline judges the machine that it runs on in four layers: code, container,\ncluster and cloud server. It runs no command and writes nothing but its\nreports. Every verdict carries what was seen, where, and what was expected.\nRules are YAML and can be extended.")
set(CPACK_PACKAGE_CONTACT "${PLUMBLINE_PACKAGER}")
set(CPACK_PACKAGE_VENDOR plumbline)
set(CPACK_RESOURCE_FILE_LICENSE ${CMAKE_SOURCE_DIR}/LICENSE)
set(CPACK_GENERATOR DEB)
find_program(RPMBUILD rpmbuild)
if(RPMBUILD)
    list(APPEND CPACK_GENERATOR RPM)
endif()
set(CPACK_STRIP_FILES ON)
# With DESTDIR the rules know the true prefix: the paths in manual and units depend on it.
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_SOURCE_DIR}/cmake/package-layout.cmake)
set(CPACK_PLUMBLINE_DIST ${CMAKE_SOURCE_DIR}/dist)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS libcurl4) # loaded by name, which no tool sees; libcurl4t64 provides it
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    ${CMAKE_SOURCE_DIR}/dist/deb/postinst ${CMAKE_SOURCE_DIR}/dist/deb/prerm ${CMAKE_SOURCE_DIR}/dist/deb/postrm)

set(CPACK_RPM_FILE_NAME RPM-DEFAULT)
set(CPACK_RPM_PACKAGE_RELEASE 1)
set(CPACK_RPM_PACKAGE_LICENSE GPL-2.0-or-later)
set(CPACK_RPM_PACKAGE_GROUP System)
set(CPACK_RPM_PACKAGE_AUTOREQ ON)
set(CPACK_RPM_PACKAGE_REQUIRES libcurl)
set(CPACK_PACKAGE_RELOCATABLE OFF)
set(CPACK_RPM_SPEC_MORE_DEFINE "%define _build_id_links none")
set(CPACK_RPM_POST_INSTALL_SCRIPT_FILE ${CMAKE_SOURCE_DIR}/dist/rpm/post)
set(CPACK_RPM_PRE_UNINSTALL_SCRIPT_FILE ${CMAKE_SOURCE_DIR}/dist/rpm/preun)
set(CPACK_RPM_POST_UNINSTALL_SCRIPT_FILE ${CMAKE_SOURCE_DIR}/dist/rpm/postun)
# Folders of others are not plumbline's to own.
set(CPACK_RPM_EXCLUDE_FROM_AUTO_FILELIST_ADDITION
    /usr/lib/systemd /usr/lib/systemd/system /usr/share/man /usr/share/man/man1 /usr/share/man/man5 /usr/share/doc
    /usr/share/bash-completion /usr/share/bash-completion/completions /usr/share/zsh /usr/share/zsh/site-functions
    /usr/share/fish /usr/share/fish/vendor_completions.d /var /var/lib)
# Loaded by name too, and what it says others say as well: installed unless somebody does not want it.
if(PLUMBLINE_LIBPROC2)
    string(REGEX REPLACE "^lib(.+)\\.so\\.(.+)$" "lib\\1-\\2" CPACK_DEBIAN_PACKAGE_RECOMMENDS ${PLUMBLINE_LIBPROC2})
    set(CPACK_RPM_PACKAGE_RECOMMENDS "${PLUMBLINE_LIBPROC2}()")
    if(CMAKE_SIZEOF_VOID_P EQUAL 8)
        string(APPEND CPACK_RPM_PACKAGE_RECOMMENDS "(64bit)")
    endif()
endif()
include(CPack)
