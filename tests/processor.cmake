# Read by ctest: tests compute on the processor whatever the machine has, unless they name a module.
set(ENV{LFADS_CUDA_MODULE} none)
# Threads that wait sleep: those that spin take the time of tests beside them.
set(ENV{OMP_WAIT_POLICY} passive)
