"""Charts as SVG made on the server: pure functions, values in, safe markup out. They print, and need no script.

Colours come from the style sheet by class, so light, dark and paper share one drawing. Every chart says in a sentence
what it shows, and carries its numbers as a table.
"""

from openhour.ui.charts.clock import day_clock, session_clock
from openhour.ui.charts.course import course_sentence, course_svg, course_table, score_course
from openhour.ui.charts.items import ItemChange, item_change_rows
from openhour.ui.charts.values import Course, CoursePoint, LikelyPoint

__all__ = [
    "Course",
    "CoursePoint",
    "ItemChange",
    "LikelyPoint",
    "course_sentence",
    "course_svg",
    "course_table",
    "day_clock",
    "item_change_rows",
    "score_course",
    "session_clock",
]
