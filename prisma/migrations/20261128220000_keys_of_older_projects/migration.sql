-- Flags of older projects have keys with dots, slashes and spaces. They are imported as they are. The rule for new keys is the service's.
ALTER TABLE "feature_flags" DROP CONSTRAINT "feature_flags_key_check";
ALTER TABLE "feature_flags" ADD CONSTRAINT "feature_flags_key_check" CHECK ("deleted" OR "key" ~ '[^[:space:]]');
