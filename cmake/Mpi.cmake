# MPI is optional: with it there is a module beside the program, lfads_mpi, that the program opens when
# mpirun or srun has started several of it; without it everything else is built.
set(LFADS_MPI AUTO CACHE STRING "Build the module for MPI: ON, OFF, or AUTO: where MPI is")
set_property(CACHE LFADS_MPI PROPERTY STRINGS AUTO ON OFF)
set(LFADS_HAS_MPI FALSE)

if(NOT LFADS_MPI STREQUAL "OFF")
  set(MPI_CXX_SKIP_MPICXX TRUE)
  find_package(MPI 3.0 QUIET COMPONENTS C)
  if(MPI_C_FOUND)
    set(LFADS_HAS_MPI TRUE)
  elseif(LFADS_MPI STREQUAL "ON")
    message(FATAL_ERROR "LFADS_MPI=ON, but no MPI of version 3.0 or later is found: install libopenmpi-dev")
  else()
    message(STATUS "No module for MPI: install libopenmpi-dev to have one")
  endif()
endif()
