# Versions, folders, times. Ports stand with their service.
KAFKA_4=4.3.1
KAFKA_3=3.9.2 # of the last line that runs with ZooKeeper
POSTGRES_AT_LEAST=15
SPARK=4.2.0 # the newest whose connector to Kafka is on Maven Central
ALL_SERVICES=(kafka kafka-zookeeper kafka-secure postgres spark)

# Jars and Spark, kept from one day to the next.
CACHE=${LIVETALLY_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/livetally}
# Data to throw away: a folder for each service that was made.
SERVICES=${LIVETALLY_SERVICES:-${TMPDIR:-/tmp}/livetally-services-$(id -u)}
# A broker that was killed under load takes a minute and more to read its log again.
WAIT_SECONDS=${LIVETALLY_SERVICES_WAIT:-120}
STOP_SECONDS=20
HEAP=${LIVETALLY_KAFKA_HEAP:-1g}
# Of the driver, and of each executor.
SPARK_MEMORY=${LIVETALLY_SPARK_MEMORY:-768m}
