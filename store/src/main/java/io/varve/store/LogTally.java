package io.varve.store;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a log says of its streams, in 24 bytes a stream: the last version, a hash of the name, and a
 * hash of all positions in their order. Enough to tell whether an index says the same. One thread
 * at a time.
 */
final class LogTally {
    private static final long PRIME = 0x100000001B3L;

    private long[] heads = new long[1024];
    private long[] names = new long[1024];
    private long[] positions = new long[1024];
    private final Map<Integer, Long> truncated = new HashMap<>();
    private int streams;
    private final List<String> types = new ArrayList<>();
    private final Set<String> knownTypes = new HashSet<>();

    int streams() {
        return streams;
    }

    List<String> types() {
        return types;
    }

    /** Whether the number is the next one. */
    boolean addStream(int number, StreamId id) {
        if (number != streams) {
            return false;
        }
        if (streams == heads.length) {
            int room = streams * 2;
            heads = Arrays.copyOf(heads, room);
            names = Arrays.copyOf(names, room);
            positions = Arrays.copyOf(positions, room);
        }
        heads[streams] = -1;
        names[streams] = hash(id);
        streams++;
        return true;
    }

    /** Whether the number is the next one, and the name new. */
    boolean addType(int number, String name) {
        return number == types.size() && knownTypes.add(name) && types.add(name);
    }

    boolean knows(int stream) {
        return stream >= 0 && stream < streams;
    }

    long head(int stream) {
        return heads[stream];
    }

    long name(int stream) {
        return names[stream];
    }

    long positions(int stream) {
        return positions[stream];
    }

    /** Says that the events of a stream up to a version were truncated. */
    void begin(int stream, long version) {
        heads[stream] = version;
        truncated.put(stream, version);
    }

    /** The last version of a stream that was truncated, or -1. */
    long truncated(int stream) {
        return truncated.getOrDefault(stream, -1L);
    }

    void event(int stream, long version, long position) {
        heads[stream] = version;
        positions[stream] = next(positions[stream], position);
    }

    /** Adds a position to the hash of those before. */
    static long next(long hash, long position) {
        long mixed = (hash ^ position + 1) * 0x9E3779B97F4A7C15L;
        return mixed ^ mixed >>> 29;
    }

    static long hash(StreamId id) {
        return hash(new BytesWriter(64).putUtf8(id.toString()).view());
    }

    static long hash(BytesView name) {
        long hash = 0xCBF29CE484222325L;
        for (int i = 0; i < name.length(); i++) {
            hash = (hash ^ name.getByte(i) & 0xff) * PRIME;
        }
        return hash ^ hash >>> 32;
    }

    /** Two streams that seem to have one name, or -1: the number of the later one. */
    int doubleName() {
        long[] sorted = Arrays.copyOf(names, streams);
        Arrays.sort(sorted);
        for (int i = 1; i < streams; i++) {
            if (sorted[i] == sorted[i - 1]) {
                return lastNamed(sorted[i]);
            }
        }
        return -1;
    }

    private int lastNamed(long name) {
        int number = streams - 1;
        while (names[number] != name) {
            number--;
        }
        return number;
    }
}
