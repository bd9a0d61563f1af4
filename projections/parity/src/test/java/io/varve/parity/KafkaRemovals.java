package io.varve.parity;

import static org.apache.kafka.streams.state.VersionedKeyValueStore.PUT_RETURN_CODE_NOT_PUT;
import static org.apache.kafka.streams.state.VersionedKeyValueStore.PUT_RETURN_CODE_VALID_TO_UNDEFINED;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.VersionedBytesStore;
import org.apache.kafka.streams.state.VersionedBytesStoreSupplier;

/**
 * Versions of Kafka Streams that remember each removal: a row that is removed at the very time of
 * its only version leaves no trace there, see parity.md.
 */
record KafkaRemovals(VersionedBytesStoreSupplier forgetful, String name)
        implements VersionedBytesStoreSupplier {
    @Override
    public KeyValueStore<Bytes, byte[]> get() {
        VersionedBytesStore store = (VersionedBytesStore) forgetful.get();
        Remembering remembering = new Remembering(store);
        return (VersionedBytesStore)
                Proxy.newProxyInstance(
                        KafkaRemovals.class.getClassLoader(),
                        new Class<?>[] {VersionedBytesStore.class},
                        (proxy, method, given) ->
                                method.getName().equals("put") && given.length == 3
                                        ? (Object)
                                                remembering.put(
                                                        (Bytes) given[0],
                                                        (byte[]) given[1],
                                                        (long) given[2])
                                        : call(store, method, given));
    }

    private static Object call(VersionedBytesStore store, Method method, Object[] given)
            throws Throwable {
        try {
            return method.invoke(store, given);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    @Override
    public long historyRetentionMs() {
        return forgetful.historyRetentionMs();
    }

    @Override
    public String metricsScope() {
        return forgetful.metricsScope();
    }

    /** Removes a row once more, where a version that comes late has brought it back. */
    private static final class Remembering {
        private final VersionedBytesStore store;
        private final Map<Bytes, NavigableMap<Long, Boolean>> put = new HashMap<>();

        Remembering(VersionedBytesStore store) {
            this.store = store;
        }

        long put(Bytes key, byte[] value, long time) {
            long validTo = store.put(key, value, time);
            if (validTo == PUT_RETURN_CODE_NOT_PUT) {
                return validTo;
            }
            NavigableMap<Long, Boolean> row = put.computeIfAbsent(key, one -> new TreeMap<>());
            row.put(time, value != null);
            Map.Entry<Long, Boolean> next = row.higherEntry(time);
            if (next == null || next.getValue()) {
                return validTo;
            }
            if (store.get(key, next.getKey()) != null) {
                store.put(key, null, next.getKey());
            }
            return validTo == PUT_RETURN_CODE_VALID_TO_UNDEFINED ? next.getKey() : validTo;
        }
    }
}
