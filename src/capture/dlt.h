/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>

/* Files number link types by LINKTYPE_, libpcap's functions by DLT_; most numbers are the same. */
int dlt_of_link_type(uint32_t link_type);
uint32_t dlt_to_link_type(int dlt);
