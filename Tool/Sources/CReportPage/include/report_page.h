/* The template of the page of `timepiece report`: report.html. It is embedded
 * by C, because an array of its bytes in Swift takes the compiler as long as a
 * fourth of the tool. */
#ifndef TIMEPIECE_REPORT_PAGE_H
#define TIMEPIECE_REPORT_PAGE_H

/* The page as UTF-8, valid for the life of the process. */
const char *report_page (void);

#endif
