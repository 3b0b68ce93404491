# A certificate authority that signs one certificate, the broker's, and is forgotten.

# Writes ca.pem, and broker.pem with the key and the certificate of 127.0.0.1 and localhost, into folder $1.
make_certificates() {
  (
    cd "$1"
    umask 077
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 825 -subj '/CN=livetally test authority' \
      -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign -keyout ca.key -out ca.pem
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj '/CN=localhost' -keyout broker.key -out broker.csr
    printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n' >broker.ext
    openssl x509 -req -in broker.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 825 -extfile broker.ext -out broker.crt
    cat broker.key broker.crt >broker.pem
    rm ca.key ca.srl broker.key broker.csr broker.ext broker.crt
  ) >"$1/openssl.log" 2>&1 || {
    cat "$1/openssl.log" >&2
    fail 'openssl could not make the certificates'
  }
}
