"""The key of the words that ledger lines hold: one for each network, drawn here, changed by nobody.

It lies in the database, for only who has the rows can tell a line again: a copy of the database tells its lines without
us, and a line or a receipt alone tells no word, however many are tried.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("record", "0009_fewer_indexes")]
    operations = [
        migrations.RunSQL(
            [
                "CREATE TABLE record_word_key (one boolean PRIMARY KEY DEFAULT true CHECK (one), key bytea NOT NULL)",
                "INSERT INTO record_word_key (key)"
                " VALUES (sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')))",
                "REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON record_word_key FROM hallway_app",
            ],
            ["DROP TABLE record_word_key"],
        )
    ]
