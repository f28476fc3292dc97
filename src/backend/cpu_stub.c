#include "backend/backend.h"
const struct backend *backend_cpu(void){return backend_reference();}
