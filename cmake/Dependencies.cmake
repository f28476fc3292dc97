# Every library we stand on is a Debian package; README.md says what each is for.
find_package(PkgConfig REQUIRED)
find_package(OpenMP REQUIRED COMPONENTS C)
# Debian's package file of oneDNN asks for OpenCL's headers, which nothing here needs.
find_path(DNNL_INCLUDE_DIR oneapi/dnnl/dnnl.h REQUIRED)
find_library(DNNL_LIBRARY dnnl REQUIRED)
add_library(DNNL::dnnl UNKNOWN IMPORTED)
set_target_properties(DNNL::dnnl PROPERTIES IMPORTED_LOCATION ${DNNL_LIBRARY}
                      INTERFACE_INCLUDE_DIRECTORIES ${DNNL_INCLUDE_DIR})
find_package(Threads REQUIRED)
pkg_check_modules(HDF5 REQUIRED IMPORTED_TARGET hdf5-serial)
# The library's handles may be used by several threads at once, each of which may read or write a file.
include(CheckSymbolExists)
set(CMAKE_REQUIRED_INCLUDES ${HDF5_INCLUDE_DIRS})
check_symbol_exists(H5_HAVE_THREADSAFE H5pubconf.h LFADS_HDF5_IS_THREADSAFE)
unset(CMAKE_REQUIRED_INCLUDES)
if(NOT LFADS_HDF5_IS_THREADSAFE)
  unset(LFADS_HDF5_IS_THREADSAFE CACHE) # asked again when another is installed
  message(FATAL_ERROR "libhdf5 in ${HDF5_INCLUDE_DIRS} is not thread-safe (H5_HAVE_THREADSAFE in "
          "H5pubconf.h): install Debian's libhdf5-dev, or build HDF5 with --enable-threadsafe")
endif()
pkg_check_modules(SLEEF REQUIRED IMPORTED_TARGET sleef)
pkg_check_modules(LAPACKE REQUIRED IMPORTED_TARGET lapacke)
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson)
pkg_check_modules(CAIRO REQUIRED IMPORTED_TARGET cairo)
pkg_check_modules(PROTOBUF_C REQUIRED IMPORTED_TARGET libprotobuf-c)
pkg_check_modules(SNAPPY REQUIRED IMPORTED_TARGET snappy)
pkg_check_modules(ISAL REQUIRED IMPORTED_TARGET libisal)
find_program(PROTOC_C protoc-c REQUIRED)
pkg_check_modules(DEFLATE REQUIRED IMPORTED_TARGET libdeflate)
if(BUILD_TESTING)
  pkg_check_modules(CMOCKA REQUIRED IMPORTED_TARGET cmocka)
endif()
