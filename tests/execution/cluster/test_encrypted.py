"""A scheduler and a worker that speak TLS alone, with certificates that dask's own configuration names."""

import datetime
import ipaddress
import json
from contextlib import closing

import dask
import distributed  # noqa: F401  # which sets what its configuration has by default
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from gdbench.errors import SweepError
from gdbench.execution.cluster.dask_executor import DaskExecutor
from gdbench.execution.executor import outcomes
from tests.execution import fakes
from tests.execution.cluster.processes import Cluster
from tests.execution.plans import a_plan


def a_certificate(folder, name):
    """Write a key and a certificate that vouches for itself, of a host at 127.0.0.1; return their paths."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    host = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(host, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / f"{name}.key", folder / f"{name}.pem"
    paths[0].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    paths[1].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return paths


def configured(folder, name):
    """What dask's configuration says of TLS, with one certificate for everyone."""
    key, certificate = map(str, a_certificate(folder, name))
    sides = {side: {"key": key, "cert": certificate} for side in ("scheduler", "worker", "client")}
    return {"ca-file": certificate, **sides}


def for_client(tls):
    """The changes of the sweep's own configuration."""
    keys = {"ca-file": tls["ca-file"], **{f"client.{name}": path for name, path in tls["client"].items()}}
    return {f"distributed.comm.tls.{name}": path for name, path in keys.items()}


@pytest.fixture(scope="module")
def encrypted(tmp_path_factory):
    """A cluster with one worker, and what its machines' configuration says."""
    folder = tmp_path_factory.mktemp("encrypted")
    tls = configured(folder, "ours")
    (folder / "dask").mkdir()
    # JSON is YAML.
    text = json.dumps({"distributed": {"comm": {"tls": tls, "require-encryption": True}}})
    (folder / "dask" / "distributed.yaml").write_text(text)
    with closing(Cluster(folder, protocol="tls", DASK_CONFIG=str(folder / "dask"))) as cluster:
        cluster.add_worker()
        yield cluster, tls


def test_runs_are_trained_through_tls_without_a_warning(encrypted, tmp_path):
    cluster, tls = encrypted
    said, runs = [], a_plan(tmp_path, range(3)).runs
    assert cluster.address.startswith("tls://127.0.0.1:")
    with (
        dask.config.set(for_client(tls)),
        closing(DaskExecutor(0, fakes.make, address=cluster.address, say=said.append)) as executor,
    ):
        ended = {each.run.id: each.outcome for each in outcomes(executor, runs)}
    assert ended == {run.id: fakes.sound(run) for run in runs}
    assert not any("not encrypted" in text for text in said)


@pytest.mark.parametrize("certificate", [None, "others"])
def test_without_the_right_certificate_there_is_no_connection_and_one_line_says_so(
    encrypted, tmp_path, monkeypatch, certificate
):
    cluster, _tls = encrypted
    monkeypatch.setattr("gdbench.execution.cluster.scheduler.CONNECT_SECONDS", 3)
    changed = for_client(configured(tmp_path, certificate)) if certificate else {}
    with dask.config.set(changed), pytest.raises(SweepError) as caught:
        DaskExecutor(0, fakes.make, address=cluster.address)
    message = str(caught.value)
    assert message.startswith(f"{cluster.address}: expected a Dask scheduler; got no connection: ")
    assert "\n" not in message
