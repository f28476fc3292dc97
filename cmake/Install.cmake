# The library, static and shared, its headers, the program, pkg-config and CMake package files.
include(CMakePackageConfigHelpers)

set_target_properties(lfads_shared PROPERTIES VERSION ${PROJECT_VERSION}
                      SOVERSION ${PROJECT_VERSION_MAJOR})
install(TARGETS lfads_shared LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(FILES $<TARGET_FILE:lfads_static> DESTINATION ${CMAKE_INSTALL_LIBDIR})
if(TARGET lfads_cuda)
  install(TARGETS lfads_cuda LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/lfads)
endif()
if(TARGET lfads_mpi)
  install(TARGETS lfads_mpi LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/lfads)
endif()
install(TARGETS lfads RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES $<TARGET_FILE_DIR:lfads>/run_lfads DESTINATION ${CMAKE_INSTALL_BINDIR})
# What scripts written for the original call.
install(PROGRAMS scripts/run_lfads.py scripts/run_generate_synth_data.sh scripts/run_examples.sh
        DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY include/lfads DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN *.h)
install(FILES ${PROJECT_BINARY_DIR}/lfads.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES README.md LICENSE CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY matlab DESTINATION ${CMAKE_INSTALL_DATADIR}/lfads)
install(DIRECTORY docs examples DESTINATION ${CMAKE_INSTALL_DOCDIR})

file(RELATIVE_PATH LFADS_PC_TO_PREFIX "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig"
     "${CMAKE_INSTALL_PREFIX}")
configure_file(cmake/lfads.pc.in lfads.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/lfads.pc
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
configure_package_config_file(cmake/lfadsConfig.cmake.in lfadsConfig.cmake
                              INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/lfads
                              PATH_VARS CMAKE_INSTALL_INCLUDEDIR CMAKE_INSTALL_LIBDIR)
write_basic_package_version_file(lfadsConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/lfadsConfig.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/lfadsConfigVersion.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/lfads)
