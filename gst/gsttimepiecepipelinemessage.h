#ifndef GST_TIMEPIECE_PIPELINE_MESSAGE_H
#define GST_TIMEPIECE_PIPELINE_MESSAGE_H

#include <gst/gst.h>

#include "timepiece.h"

G_BEGIN_DECLS

/* Returns: (transfer full): the structure of the message timepiece-pipeline */
GstStructure *gst_timepiece_pipeline_structure (GstElement * pipeline,
    const TimepiecePipelineWindow * window);

G_END_DECLS

#endif
