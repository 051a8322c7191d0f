from argon2 import PasswordHasher, extract_parameters

from vaccination.security.passwords import hash_password, is_password, needs_rehash, password_faults
from vaccination.security.secrets import hash_secret, is_secret, new_password, new_session_token

LONG = "quatre chevaux à la mer"


def test_a_password_is_known_by_its_hash_only() -> None:
    kept = hash_password(LONG)
    assert is_password(LONG, kept)
    assert not is_password(LONG + " ", kept)
    assert LONG not in kept
    assert hash_password(LONG) != kept


def test_composed_and_decomposed_accents_are_the_same_password() -> None:
    assert is_password("quatre chevaux a\u0300 la mer", hash_password(LONG))


def test_parameters_are_those_recommended() -> None:
    found = extract_parameters(hash_password(LONG))
    assert (found.type.name, found.memory_cost, found.time_cost, found.parallelism) == ("ID", 19456, 2, 1)
    assert not needs_rehash(hash_password(LONG))
    assert needs_rehash(PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(LONG))


def test_unknown_logins_and_broken_hashes_let_nobody_in() -> None:
    assert not is_password("", None)
    assert not is_password(LONG, None)
    assert not is_password(LONG, "")
    assert not is_password(LONG, "not a hash")
    assert not is_password("x" * 10_000, hash_password("x" * 100))


def test_faults_of_a_new_password() -> None:
    assert password_faults(LONG, "marie") == ()
    assert password_faults("court", "marie") == ("too_short",)
    assert password_faults("x" * 200, "marie") == ("too_long", "too_uniform")
    assert password_faults("je suis Marie 1", "marie") == ("has_login",)
    assert password_faults(new_password(), "al") == ()


def test_random_secrets_differ_and_are_matched_by_hash() -> None:
    one, other = new_session_token(), new_session_token()
    assert one != other and len(one) == 22
    assert is_secret(one, hash_secret(one))
    assert not is_secret(other, hash_secret(one))
    assert len(hash_secret(one)) == 32
    assert new_password() != new_password()
