"""Drawings that were stored as JSON are what they were."""

from __future__ import annotations

import json
from dataclasses import asdict

from survey.figures.drawing import Drawing
from survey.figures.of_study import drawings_of
from survey.statistics.analysis import Options, analyse
from tests.survey_statistics.answers import made


def test_data_keep_the_order_of_their_columns_where_the_database_sorts_keys() -> None:
    document = analyse(made(), Options(resamples=99, mixed_model=False)).to_json()
    for drawing in drawings_of(document, [], width_px=1, height_px=1).values():
        stored = json.loads(json.dumps(asdict(drawing), sort_keys=True))
        assert Drawing(**stored).csv() == drawing.csv()
        head = drawing.csv().splitlines()[0]
        assert head == ",".join(drawing.rows[0])
