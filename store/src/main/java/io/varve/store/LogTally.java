package io.varve.store;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a log says of its streams, in 40 bytes a stream: the last version and its position, a hash
 * of the name, and a hash of all positions in their order; and of keys and marks. Enough to tell
 * whether an index says the same. One thread at a time.
 */
final class LogTally {
    private static final long PRIME = 0x100000001B3L;

    private long[] heads = new long[1024];
    private long[] lasts = new long[1024];
    private long[] names = new long[1024];
    private long[] positions = new long[1024];

    /** Last versions that were truncated, plus one. */
    private long[] truncated = new long[1024];

    private final BitSet ended = new BitSet();
    private final Map<String, AppendMark> marks = new HashMap<>();
    private long keys;
    private long keySum;
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
            lasts = Arrays.copyOf(lasts, room);
            names = Arrays.copyOf(names, room);
            positions = Arrays.copyOf(positions, room);
            truncated = Arrays.copyOf(truncated, room);
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

    /** Says that the events of a stream up to one were truncated. */
    void begin(int stream, LogFold.Last last) {
        heads[stream] = last.version();
        lasts[stream] = last.position();
        ended.set(stream, last.tombstone());
        truncated[stream] = last.version() + 1;
    }

    /** The last version of a stream that was truncated, or -1. */
    long truncated(int stream) {
        return knows(stream) ? truncated[stream] - 1 : -1;
    }

    void event(int stream, long version, long position, boolean tombstone) {
        heads[stream] = version;
        lasts[stream] = position;
        ended.set(stream, tombstone);
        positions[stream] = next(positions[stream], position);
    }

    /** The position of a stream's last event. */
    long last(int stream) {
        return lasts[stream];
    }

    /** Whether that is a tombstone. */
    boolean isEnded(int stream) {
        return ended.get(stream);
    }

    void key(AppendKey key) {
        keys++;
        keySum += hash(key);
    }

    /** Replaces an earlier mark of the producer. */
    void mark(AppendMark mark) {
        marks.put(mark.mark().producer(), mark);
    }

    long keys() {
        return keys;
    }

    /** The sum of the hashes of all keys, in whatever order they come. */
    long keySum() {
        return keySum;
    }

    Map<String, AppendMark> marks() {
        return marks;
    }

    static long hash(AppendKey key) {
        long hash = hash(new BytesWriter(64).putUtf8(key.key()).view());
        hash = next(hash, key.firstPosition());
        hash = next(hash, key.count());
        return next(next(hash, key.content().high()), key.content().low());
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
