#include "timepiece.h"
