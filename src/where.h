/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

struct place;
struct text;

/* Adds "City, CC, AS64496" for people; what is not known is left out, a missing country is said. */
void where_add(struct text *out, const struct place *place);
