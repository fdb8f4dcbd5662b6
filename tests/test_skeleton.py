from django.db import connection


def test_the_application_role_owns_nothing(fresh_db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone()[0] == "hallway_app"
        cursor.execute("SELECT count(*) FROM pg_tables WHERE tableowner = 'hallway_app'")
        assert cursor.fetchone()[0] == 0
        cursor.execute("SELECT count(*) FROM directory_organization")
        assert cursor.fetchone()[0] == 0
