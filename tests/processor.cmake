# Read by ctest: tests compute on the processor whatever the machine has, unless they name a module.
set(ENV{LFADS_CUDA_MODULE} none)
