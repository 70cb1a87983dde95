/* SPDX-License-Identifier: Apache-2.0 */
/* LINKTYPE_ numbers are the same everywhere because they stand in files; DLT_ numbers are those of
 * the system.  The table has where they differ (or do on some systems).
 * Source: https://www.tcpdump.org/linktypes.html and pcap/dlt.h. */
#include "capture/dlt.h"

#include <pcap/pcap.h>
#include <stddef.h>

#include "base/memory.h"

static const struct {
    uint32_t link_type;
    int dlt;
} differing[] = {
    {50, DLT_PPP_SERIAL},  {51, DLT_PPP_ETHER},  {100, DLT_ATM_RFC1483}, {101, DLT_RAW},
    {102, DLT_SLIP_BSDOS}, {103, DLT_PPP_BSDOS}, {104, DLT_C_HDLC},      {106, DLT_ATM_CLIP},
    {107, DLT_FRELAY},     {108, DLT_LOOP},      {109, DLT_ENC},         {117, DLT_PFLOG},
    {246, DLT_PFSYNC},
};

int dlt_of_link_type(uint32_t link_type)
{
    for (size_t i = 0; i < COUNT_OF(differing); i++) {
        if (differing[i].link_type == link_type)
            return differing[i].dlt;
    }
    return (int)link_type;
}

uint32_t dlt_to_link_type(int dlt)
{
    for (size_t i = 0; i < COUNT_OF(differing); i++) {
        if (differing[i].dlt == dlt)
            return differing[i].link_type;
    }
    return (uint32_t)dlt;
}
