# What it says to people goes to standard error: standard output is for `env` and `status`.
say() { printf '%s\n' "$*" >&2; }

fail() {
  say "infra/services: $*"
  exit 1
}

# What is wrong on the command line.
refuse() {
  say "infra/services: $*"
  exit 2
}

usage() {
  cat <<'USAGE'
Real Kafka, PostgreSQL and Spark on this machine, without Docker.

  infra/services up NAME...       starts them, made from nothing where they are not yet; returns when they are ready
  infra/services down [NAME...]   stops them and deletes their data; without a name all
  infra/services stop NAME...     stops them and keeps their data
  infra/services start NAME...    starts them again with the data they have
                                  stop and start take the parts of Spark too: spark-master, spark-worker-1,
                                  spark-worker-2, spark-connect
  infra/services status [--json]  what is up, where, which process
  infra/services env [--test]     export lines for what is up: eval "$(infra/services env)"
                                  --test: only the names that tests look for
  infra/services logs NAME        what it has written
  infra/services tool NAME CLASS [ARGUMENT...]
                                  runs a class of a Kafka's jars, such as org.apache.kafka.tools.TopicCommand, or of Spark's
  infra/services install          Debian, as root: installs what is missing (Java, Maven, PostgreSQL, kcat, pip)

  NAME              what                                           port, and the name that changes it
  kafka             Kafka 4 (KRaft)                                29092 LIVETALLY_KAFKA_PORT
                                                                   29093 LIVETALLY_KAFKA_CONTROLLER_PORT
  kafka-zookeeper   Kafka 3.9 with ZooKeeper                       29192 LIVETALLY_KAFKA_ZOOKEEPER_PORT
                                                                   22181 LIVETALLY_ZOOKEEPER_PORT
  kafka-secure      Kafka 4 with TLS, PLAIN and SCRAM-SHA-512      29292 LIVETALLY_KAFKA_SECURE_PORT
                                                                   29293 LIVETALLY_KAFKA_SECURE_CONTROLLER_PORT
  postgres          PostgreSQL of the machine                      29432 LIVETALLY_POSTGRES_PORT
  spark             Spark 4: Connect, its pages; the master, its   15002 LIVETALLY_SPARK_PORT
                    page; the pages of two workers                  4040 LIVETALLY_SPARK_UI_PORT
                                                                    7077 LIVETALLY_SPARK_MASTER_PORT
                                                                    8080 LIVETALLY_SPARK_MASTER_UI_PORT
                                                                    8081 LIVETALLY_SPARK_WORKER_1_PORT
                                                                    8082 LIVETALLY_SPARK_WORKER_2_PORT

  LIVETALLY_CACHE          folder of jars and Spark      ~/.cache/livetally
  LIVETALLY_SERVICES       folder of the data, deleted   /tmp/livetally-services-USERID
  LIVETALLY_SERVICES_WAIT  seconds to wait until ready   120
  LIVETALLY_KAFKA_HEAP     memory of a broker            1g
  LIVETALLY_TOOL_HEAP      memory of a tool              256m
  LIVETALLY_SPARK_MEMORY   memory of the driver of Spark, and of each of two executors: 768m

Everything listens on 127.0.0.1 only.
USAGE
}
