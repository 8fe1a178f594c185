// HWPX (OWPML, KS X 6101): what its XML parts define and hold.
#pragma once

#include <pugixml.hpp>

#include "collect/hwp_model.h"

namespace moru::collect {

/// The definitions of the part header.xml.
HwpShapes read_hwpx_shapes(pugi::xml_node head);

/// A section's or master page's paragraphs. What change tracking deleted is left out. `left_out` counts what lies
/// deeper than kHwpNesting.
HwpSection read_hwpx_section(pugi::xml_node section, uint64_t& left_out);

/// hwp_number_text()'s shape of a number format's name ("HANGUL_SYLLABLE"); 0 for an unknown one.
int hwpx_number_shape(std::string_view name);

}  // namespace moru::collect
