"""A role that ends, moves or loses its duties does so in what programs were granted in it, in the same transaction."""

from django.db import migrations

FUNCTION = """CREATE FUNCTION directory_role_changed_in_grants() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.role <> OLD.role OR NEW.organization_id <> OLD.organization_id
            OR NEW.practitioner_id <> OLD.practitioner_id THEN
        UPDATE identity_appgrant SET ended_at = greatest(now(), created_at), ended_as = 'role changed'
            WHERE practitioner_role_id = OLD.id AND ended_at IS NULL;
    ELSE
        UPDATE identity_appgrant SET sud_duty = NEW.sud_duty, role_until_on = NEW.until_on
            WHERE practitioner_role_id = NEW.id AND ended_at IS NULL;
    END IF;
    RETURN NULL;
END $$"""

TRIGGER = """CREATE TRIGGER role_changed_in_grants AFTER UPDATE OF role, organization_id, practitioner_id, sud_duty,
    until_on OR DELETE ON directory_practitionerrole
    FOR EACH ROW EXECUTE FUNCTION directory_role_changed_in_grants()"""


class Migration(migrations.Migration):
    dependencies = [("directory", "0003_who_acts_for_a_patient"), ("identity", "0004_programs")]
    operations = [migrations.RunSQL([FUNCTION, TRIGGER])]
