"""The same by Spark, which is too large for every run of the gate. It takes Java 17.

    python make_spark.py OUT

`requirements_spark.txt` has the libraries. Folders are left as Spark writes them: parts, checksums in hidden files, `_SUCCESS`.
"""

import datetime
import logging
import os
import sys

os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
os.environ["TZ"] = "UTC"

from pyspark.sql import SparkSession, types

from expected import XYZ, Files, recording
from truths import truths

START = datetime.datetime(2026, 5, 1)
FORMS = {"parquet": "Parquet", "csv": "CSV", "json": "JSON Lines"}


def main():
    logging.disable()
    files = Files(sys.argv[1], truths())
    if files.out.exists() and any(files.out.iterdir()):
        sys.exit(f"{files.out} is not empty")
    settings = {
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "1",
    }
    spark = SparkSession.builder.master("local[1]").config(map=settings).getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    frames(files, spark)
    lists(files, spark)
    spark.stop()
    files.finish()
    print(f"{len(files.entries)} folders")


def put(files, frame, name, what, found, kind="parquet", options=None, **settings):
    """One part, so that its rows stay in order."""
    path = f"spark/{name}"
    files.path(path)
    frame.coalesce(1).write.options(**settings).format(kind).save(str(files.out / path))
    (part,) = [one.name for one in (files.out / path).iterdir() if one.name.startswith("part-")]
    found = [found] if isinstance(found, dict) else found
    inside = [one | {"inside": part + one.get("inside", "")} for one in found]
    files.add(path, FORMS[kind], "pyspark", what, inside, options)


def frames(files, spark):
    base = files.truths["base3"].tolist()
    rows = [(START + datetime.timedelta(milliseconds=10 * at), *row) for at, row in enumerate(base)]
    found = recording(rate=100.0)
    for kind, number in (("double", types.DoubleType), ("float", types.FloatType)):
        fields = [types.StructField("time", types.TimestampType())] + [types.StructField(name, number()) for name in XYZ]
        frame = spark.createDataFrame(rows, types.StructType(fields))
        put(files, frame, f"{kind}", f"{kind}, timestamps, by default", found)
    for codec in ("none", "gzip", "zstd", "lz4"):
        put(files, frame, f"float-{codec}", f"float, {codec}", found, compression=codec)
    spark.conf.set("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
    put(files, frame, "micros", "timestamps in µs", found)
    spark.conf.set("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MILLIS")
    put(files, frame, "millis", "timestamps in ms", found)
    spark.conf.unset("spark.sql.parquet.outputTimestampType")
    spark.conf.set("spark.sql.parquet.writeLegacyFormat", "true")
    put(files, frame, "legacy", "the legacy format", found)
    spark.conf.unset("spark.sql.parquet.writeLegacyFormat")
    fields = [types.StructField("time", types.TimestampType())] + [types.StructField(name, types.DoubleType()) for name in XYZ]
    whole = spark.createDataFrame(rows, types.StructType(fields))
    put(files, whole, "csv", "CSV with a header", found, "csv", header="true")
    put(files, whole, "csv-default", "CSV by default: no header", found | {"axes": []}, "csv")
    put(files, whole, "csv-gzip", "CSV, gzip", found, "csv", header="true", compression="gzip")
    put(files, whole, "json", "JSON by default", found, "json")


def lists(files, spark):
    """A row a recording."""
    parts = files.truths["base3"].reshape(4, 600, 3)
    for kind, number in (("double", types.DoubleType), ("float", types.FloatType)):
        fields = [types.StructField("device", types.StringType()), types.StructField("rate_hz", types.DoubleType())]
        fields += [types.StructField(name, types.ArrayType(number())) for name in XYZ]
        rows = [("fan", 400.0, *(part[:, at].tolist() for at in range(3))) for part in parts]
        found = [recording(rows=[at * 600, at * 600 + 600], inside=f"[{at}]") for at in range(4)]
        frame = spark.createDataFrame(rows, types.StructType(fields))
        put(files, frame, f"lists-{kind}", f"a row a recording, arrays of {kind}", found)


if __name__ == "__main__":
    main()
