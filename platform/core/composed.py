"""Queries that are composed once: where hundreds wait for an answer, composing takes the longest.

Django composes the SQL of a queryset anew each time, which takes longer than running it. What is
asked here is the same but for the values. So PostgreSQL, too, plans it once a connection: as a
prepared statement.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import query as django_query

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

_FIRST_INT = 2_000_000_011  # of the stand-ins; a number that nobody writes into a query


class Composed:
    """A queryset as a function of texts and whole numbers, its SQL kept after the first call.

    Parameters
    ----------
    compose : callable
        Returns a queryset of models or of `values_list`. Its parameters, annotated as ``str`` or
        ``int``, only go into filters: it is called once, with stand-ins for them.
    """

    def __init__(self, compose: Callable[..., QuerySet[Any, Any]]) -> None:
        self._compose = compose
        self._statement: _Statement | None = None

    def __call__(self, **values: str | int) -> list[Any]:
        """Run it with these values; returns what the queryset would give, as a list."""
        if self._statement is None:
            self._statement = _Statement(self._compose)
        return list(self._statement.rows(values))


class ComposedInsert:
    """`Model.objects.create` with SQL that is kept after the first call; sends no signals."""

    def __init__(self, model: type[Model]) -> None:
        self._model = model
        self._fields = [one for one in model._meta.concrete_fields if not one.primary_key]
        self._sql = ""

    def __call__(self, **values: Any) -> Any:
        """Keep a row; returns it with its primary key."""
        connection = connections[DEFAULT_DB_ALIAS]
        self._sql = self._sql or self._composed(connection.ops.quote_name)
        made = self._model(**values)
        parameters = [
            one.get_db_prep_save(one.pre_save(made, True), connection) for one in self._fields
        ]
        with _cursor(connection) as cursor:
            cursor.execute(self._sql, parameters)
            made.pk = cursor.fetchone()[0]
        made._state.adding, made._state.db = False, DEFAULT_DB_ALIAS
        return made

    def _composed(self, quoted: Callable[[Any], str]) -> str:
        meta = self._model._meta
        columns = ", ".join(quoted(one.column) for one in self._fields)
        places = ", ".join(["%s"] * len(self._fields))
        key = quoted(meta.pk.column)
        table = quoted(meta.db_table)
        return f"INSERT INTO {table} ({columns}) VALUES ({places}) RETURNING {key}"  # noqa: S608


class _Statement:
    """SQL, which of its parameters are whose, and how a row becomes what the queryset gives."""

    def __init__(self, compose: Callable[..., QuerySet[Any, Any]]) -> None:
        stand_ins = _stand_ins(compose)
        queryset = compose(**{name: stand_in for stand_in, name in stand_ins.items()})
        compiler = queryset.query.get_compiler(using=DEFAULT_DB_ALIAS)
        self._sql, parameters = compiler.as_sql()
        self._names = [stand_ins.get(one) for one in parameters]
        self._constants = tuple(parameters)
        if missing := set(stand_ins.values()) - set(self._names):
            raise ValueError(f"{sorted(missing)} went into no filter as they are.")
        expressions = [column[0] for column in compiler.select[: compiler.col_count]]
        self._converters = compiler.get_converters(expressions)
        self._make = _maker(queryset, compiler)

    def rows(self, values: Mapping[str, str | int]) -> Iterator[Any]:
        parameters = [
            constant if name is None else values[name]
            for name, constant in zip(self._names, self._constants, strict=True)
        ]
        connection = connections[DEFAULT_DB_ALIAS]
        with _cursor(connection) as cursor:
            cursor.execute(self._sql, parameters)
            found = cursor.fetchall()
        for row in found:
            columns = list(row)
            for at, (converters, expression) in self._converters.items():
                for convert in converters:
                    columns[at] = convert(columns[at], expression, connection)
            yield self._make(columns)


def _cursor(connection: Any) -> Any:
    """Return a cursor of Django's; on PostgreSQL one that prepares what it executes."""
    if connection.vendor != "postgresql":
        return connection.cursor()
    # What `connection.cursor()` does, which would put the values into the text of the statement.
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    return connection._prepare_cursor(_preparing()(connection.connection))


@cache
def _preparing() -> Any:
    base: Any = import_module("django.db.backends.postgresql.base")  # it needs psycopg

    class Preparing(base.ServerBindingCursor):  # type: ignore[misc]
        def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
            return super().execute(query, params, **{"prepare": True, **options})

    return Preparing


def _stand_ins(compose: Callable[..., QuerySet[Any, Any]]) -> dict[str | int, str]:
    found: dict[str | int, str] = {}
    for number, parameter in enumerate(inspect.signature(compose).parameters.values()):
        is_number = parameter.annotation in (int, "int")
        found[_FIRST_INT + number if is_number else f"<{parameter.name}>"] = parameter.name
    return found


def _maker(queryset: QuerySet[Any, Any], compiler: Any) -> Callable[[list[Any]], Any]:
    """What `django.db.models.query.ModelIterable` does with a row, decided once."""
    if queryset._iterable_class is not django_query.ModelIterable:
        return tuple
    about = compiler.klass_info
    model, fields = about["model"], about["select_fields"]
    start, end = fields[0], fields[-1] + 1
    names = [column[0].target.attname for column in compiler.select[start:end]]
    inner: Any = django_query  # the one step of it that is a function of its own
    related = inner.get_related_populators(about, compiler.select, DEFAULT_DB_ALIAS)

    def made(row: list[Any]) -> Any:
        found = model.from_db(DEFAULT_DB_ALIAS, names, row[start:end])
        for one in related:
            one.populate(row, found)
        return found

    return made
