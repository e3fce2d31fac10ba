"""Serves the site on a free loopback port until its standard input ends; says the port on its standard output."""

import os
import sys
import threading
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 128


class Quiet(WSGIRequestHandler):
    def log_message(self, *_parts):
        """Says nothing: the tests tell what went wrong."""

    def address_string(self):
        return self.client_address[0]


def write_key(path):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    path.write_bytes(key.private_bytes(encoding, form, serialization.NoEncryption()))


def application():
    import django
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application

    django.setup()
    call_command("migrate", run_syncdb=True, verbosity=0)
    from django.contrib.auth.models import User

    User.objects.create_user("ada", password="engine")
    return get_wsgi_application()


def main():
    os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
    write_key(Path(os.environ["TOKENKEEP_SCRATCH"]) / "oidc.pem")
    server = make_server("127.0.0.1", 0, application(), Server, Quiet)
    print(server.server_port, flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()


main()
