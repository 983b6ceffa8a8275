#include "report_page.h"

static const unsigned char page[] = {
#embed "report.html" suffix(, 0)
};

const char *
report_page (void)
{
  return (const char *) page;
}
