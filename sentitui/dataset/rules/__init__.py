"""The rules: one rule is one module with one code, one doc, one fixture, and a repair where one exists.

How to add a rule

1. Write `rules/<family>/<code>_<what>.py` with `RULE = Rule(...)` (see `rules/rule.py` for every field; take
   `shape/s007_unknown_role.py` for a rule on one example with a repair, `quality/` for rules over many
   examples).
   - `names` are the catalogue's condition names; a finding with another than the first says `name=...`.
   - A check is a generator of `Finding`s over a `Subject` (`.turns`, `.chat`, `.texts`, `.parts`, `.tools`,
     `.strings`, `.data`, `.format`, `.profile`). It must take any JSON value anywhere without raising.
   - `ExampleCheck(run, Ordinary.…)`: say when it can find something in an *ordinary* conversation (only
     `messages`, only `role` + `content`, contents strings). Leave the default NEVER when the rule is about
     keys, types, tools, parts or other formats. A rule about text takes Ordinary.GATE and a gate from
     `dataset/gates.py` (`literal_gate(b"@")`, `chars_gate((0x200B, 0x200D))`, `digits_gate(7)`, `wide_gate`):
     it runs only on lines that the gate picks, which is what keeps a check of a big file fast. A gate must
     never miss a line.
   - Rules over many examples take a GroupCheck, CountCheck or NearCheck: pure functions of what they are
     given, so that the framework can redo only what an edit touched.
   - Quote data in messages through `diagnostics.shown`, never raw. Say what was found and what is expected.
   - Offer a fix with `Finding(fix=Fix(title, safe=...))` and do it in `Rule.repair(line, finding) -> bytes |
     None` with `rules/repairs.py` (change, wrap, add, drop, rename), so that every other byte stays.
     A fix is safe, so that `--fix` makes it in bulk, when it has one meaning and loses nothing that the line
     says; to drop a key with its value, or to exchange a role for another, takes a person's word. Safe fixes
     must leave the rule silent at that place; a repair may return several lines joined by newlines.
2. Import the module here and put its RULE into RULES, in the order of codes.
3. Write `tests/dataset/fixtures/<CODE>.json`: `{"bad": [...], "good": [...], "fixed": [...]}`.
   - bad: `{"line": <object or string>, "name": "...", "path": "..."}`, plus "format" (default chat),
     "profile" (default openai), "severity" where it matters. "lines": [...] instead of "line" for rules over
     many examples, with "at": [line numbers]; "validation": [...] beside it for leakage; "file": "text or
     base64:..." for files.
   - good: the same without name; the rule must stay silent.
   - fixed: `{"line": ..., "becomes": ...}`: what the repair makes of it.
   A `line` that is an object is written as JSON; a string is taken as the raw line.
"""

from __future__ import annotations

from sentitui.dataset.rules.completion import (
    c001_comp_keys,
    c002_completion_no_leading_space,
)
from sentitui.dataset.rules.file import (
    f001_empty_file,
    f002_not_text,
    f003_wrong_encoding,
    f004_invalid_utf8,
    f005_bom,
    f006_bom_mid_file,
    f007_crlf,
    f008_cr_line_ends,
    f009_blank_line,
    f010_json_array_file,
    f011_pretty_printed,
    f012_not_jsonl_csv,
    f013_wrong_extension,
    f014_file_too_large,
    f015_too_few_examples,
    f016_too_few_validation_examples,
    f017_mixed_formats,
    f018_ambiguous_format,
    f019_line_too_long,
)
from sentitui.dataset.rules.limits import l001_over_token_limit
from sentitui.dataset.rules.preference import (
    p001_pref_input,
    p002_pref_outputs,
    p003_pref_input_ends_assistant,
    p004_pref_image,
    p005_identical_preference,
    p006_weight_on_preference,
)
from sentitui.dataset.rules.quality import (
    q001_duplicate_example,
    q002_near_duplicate,
    q003_contradictory_label,
    q004_label_variant,
    q005_label_imbalance,
    q006_inconsistent_system,
    q007_train_validation_leak,
    q008_surrounding_whitespace,
)
from sentitui.dataset.rules.reinforcement import (
    r001_rft_last_not_user,
    r002_system_role_in_rft,
    r003_no_grader_fields,
    r004_rft_columns,
)
from sentitui.dataset.rules.rule import Rule
from sentitui.dataset.rules.shape import (
    s001_missing_messages,
    s002_messages_not_array,
    s003_messages_empty,
    s004_unknown_top_level_key,
    s005_message_not_object,
    s006_missing_role,
    s007_unknown_role,
    s008_developer_role_in_sft,
    s009_missing_content,
    s010_content_null,
    s011_content_not_string,
    s012_content_part_not_object,
    s013_content_empty_array,
    s014_content_part_type,
    s015_content_part_text,
    s016_audio_file_unsupported,
    s017_unknown_message_key,
    s018_no_assistant,
    s019_last_not_assistant,
    s020_no_user,
    s021_assistant_first,
    s022_consecutive_same_role,
    s023_system_placement,
    s024_weight_invalid,
    s025_weight_on_non_assistant,
    s026_no_trainable_message,
    s027_name_invalid,
    s028_special_token,
    s029_empty_content,
)
from sentitui.dataset.rules.syntax import (
    j001_invalid_json,
    j002_not_object,
    j003_duplicate_key,
    j004_nan_infinity,
    j005_lone_surrogate,
    j006_huge_number,
    j007_nesting_too_deep,
)
from sentitui.dataset.rules.text import (
    x001_control_char,
    x002_zero_width_char,
    x003_bidi_control,
    x004_non_nfc,
    x005_mojibake,
    x006_secret,
    x007_pii,
)
from sentitui.dataset.rules.tools import (
    t001_tools_invalid,
    t002_tool_shape,
    t003_tool_parameters,
    t004_tool_schema_invalid,
    t005_duplicate_tool_name,
    t006_functions_count,
    t007_parallel_tool_calls,
    t008_tool_calls_shape,
    t009_tool_call_shape,
    t010_tool_call_args_not_string,
    t011_tool_call_args_not_json,
    t012_tool_args_schema_mismatch,
    t013_undeclared_tool,
    t014_tool_message_missing_id,
    t015_tool_call_id_unmatched,
    t016_tool_call_unanswered,
    t017_duplicate_tool_call_id,
)
from sentitui.dataset.rules.vision import (
    v001_image_not_user,
    v002_image_count,
    v003_too_many_image_examples,
    v004_image_url_shape,
    v005_image_too_large,
    v006_image_format,
    v007_image_base64,
    v008_image_url_unreachable,
)

RULES: tuple[Rule, ...] = (
    f001_empty_file.RULE,
    f002_not_text.RULE,
    f003_wrong_encoding.RULE,
    f004_invalid_utf8.RULE,
    f005_bom.RULE,
    f006_bom_mid_file.RULE,
    f007_crlf.RULE,
    f008_cr_line_ends.RULE,
    f009_blank_line.RULE,
    f010_json_array_file.RULE,
    f011_pretty_printed.RULE,
    f012_not_jsonl_csv.RULE,
    f013_wrong_extension.RULE,
    f014_file_too_large.RULE,
    f015_too_few_examples.RULE,
    f016_too_few_validation_examples.RULE,
    f017_mixed_formats.RULE,
    f018_ambiguous_format.RULE,
    f019_line_too_long.RULE,
    j001_invalid_json.RULE,
    j002_not_object.RULE,
    j003_duplicate_key.RULE,
    j004_nan_infinity.RULE,
    j005_lone_surrogate.RULE,
    j006_huge_number.RULE,
    j007_nesting_too_deep.RULE,
    s001_missing_messages.RULE,
    s002_messages_not_array.RULE,
    s003_messages_empty.RULE,
    s004_unknown_top_level_key.RULE,
    s005_message_not_object.RULE,
    s006_missing_role.RULE,
    s007_unknown_role.RULE,
    s008_developer_role_in_sft.RULE,
    s009_missing_content.RULE,
    s010_content_null.RULE,
    s011_content_not_string.RULE,
    s012_content_part_not_object.RULE,
    s013_content_empty_array.RULE,
    s014_content_part_type.RULE,
    s015_content_part_text.RULE,
    s016_audio_file_unsupported.RULE,
    s017_unknown_message_key.RULE,
    s018_no_assistant.RULE,
    s019_last_not_assistant.RULE,
    s020_no_user.RULE,
    s021_assistant_first.RULE,
    s022_consecutive_same_role.RULE,
    s023_system_placement.RULE,
    s024_weight_invalid.RULE,
    s025_weight_on_non_assistant.RULE,
    s026_no_trainable_message.RULE,
    s027_name_invalid.RULE,
    s028_special_token.RULE,
    s029_empty_content.RULE,
    t001_tools_invalid.RULE,
    t002_tool_shape.RULE,
    t003_tool_parameters.RULE,
    t004_tool_schema_invalid.RULE,
    t005_duplicate_tool_name.RULE,
    t006_functions_count.RULE,
    t007_parallel_tool_calls.RULE,
    t008_tool_calls_shape.RULE,
    t009_tool_call_shape.RULE,
    t010_tool_call_args_not_string.RULE,
    t011_tool_call_args_not_json.RULE,
    t012_tool_args_schema_mismatch.RULE,
    t013_undeclared_tool.RULE,
    t014_tool_message_missing_id.RULE,
    t015_tool_call_id_unmatched.RULE,
    t016_tool_call_unanswered.RULE,
    t017_duplicate_tool_call_id.RULE,
    v001_image_not_user.RULE,
    v002_image_count.RULE,
    v003_too_many_image_examples.RULE,
    v004_image_url_shape.RULE,
    v005_image_too_large.RULE,
    v006_image_format.RULE,
    v007_image_base64.RULE,
    v008_image_url_unreachable.RULE,
    p001_pref_input.RULE,
    p002_pref_outputs.RULE,
    p003_pref_input_ends_assistant.RULE,
    p004_pref_image.RULE,
    p005_identical_preference.RULE,
    p006_weight_on_preference.RULE,
    r001_rft_last_not_user.RULE,
    r002_system_role_in_rft.RULE,
    r003_no_grader_fields.RULE,
    r004_rft_columns.RULE,
    c001_comp_keys.RULE,
    c002_completion_no_leading_space.RULE,
    l001_over_token_limit.RULE,
    q001_duplicate_example.RULE,
    q002_near_duplicate.RULE,
    q003_contradictory_label.RULE,
    q004_label_variant.RULE,
    q005_label_imbalance.RULE,
    q006_inconsistent_system.RULE,
    q007_train_validation_leak.RULE,
    q008_surrounding_whitespace.RULE,
    x001_control_char.RULE,
    x002_zero_width_char.RULE,
    x003_bidi_control.RULE,
    x004_non_nfc.RULE,
    x005_mojibake.RULE,
    x006_secret.RULE,
    x007_pii.RULE,
)
"""Every rule, in the order of the families file, syntax, shape, tools, vision, preference, reinforcement,
completion, limits, quality, text."""


def rule(code: str) -> Rule:
    """The rule of a code or of one of its names; KeyError when there is none."""
    wanted = code.strip()
    for one in RULES:
        if one.code == wanted.upper() or wanted.lower() in one.names:
            return one
    raise KeyError(code)
