package io.varve.store.bytes;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Views of arrays and views of memory answer alike; what a writer wrote is what a view reads. */
class BytesTest {
    private static final long SEED = Long.getLong("varve.seed", System.nanoTime());

    /** The contract of a view, whatever it is on. */
    abstract static class ViewContract {
        private final Random random = new Random(SEED);

        /** A view of these bytes, in the midst of others. */
        abstract BytesView view(byte[] bytes);

        @Test
        void shouldReadNumbersLittleEndianAtEveryOffset() {
            byte[] bytes = new byte[40];
            random.nextBytes(bytes);
            ByteBuffer expected = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            BytesView view = view(bytes);
            assertEquals(bytes.length, view.length());
            for (int at = 0; at <= bytes.length - Long.BYTES; at++) {
                assertEquals(expected.get(at), view.getByte(at));
                assertEquals(expected.getShort(at), view.getShort(at));
                assertEquals(expected.getInt(at), view.getInt(at));
                assertEquals(expected.getLong(at), view.getLong(at));
                assertEquals(expected.getLong(at), Double.doubleToRawLongBits(view.getDouble(at)));
            }
        }

        @Test
        void shouldRefuseToReadOutsideTheWindow() {
            BytesView view = view(new byte[8]);
            for (int at : new int[] {-1, 8, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
                outside(() -> view.getByte(at));
                outside(() -> view.getShort(at));
                outside(() -> view.getInt(at));
                outside(() -> view.getLong(at));
                outside(() -> view.getUtf8(at, 1));
                outside(() -> view.copyTo(at, new byte[1], 0, 1));
                outside(() -> new BytesView().wrap(view, at, 1));
            }
            outside(() -> view.getShort(7));
            outside(() -> view.getInt(5));
            outside(() -> view.getLong(1));
            outside(() -> view.getUtf8(0, 9));
            outside(() -> view.getUtf8(0, -1));
            outside(() -> view.copyTo(0, new byte[9], 0, 9));
            outside(() -> view.copyTo(0, new byte[4], 1, 4));
            outside(() -> view.copyTo(0, new byte[4], -1, 4));
            outside(() -> new BytesView().wrap(view, 1, 8));
            outside(() -> new BytesView().wrap(view, 0, -1));
        }

        @Test
        void shouldReadText() {
            String text = "a\u00e9\u20ac\ud83d\ude00";
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            BytesView view = view(utf8);
            assertEquals(text, view.getUtf8(0, utf8.length));
            assertEquals("\u00e9", view.getUtf8(1, 2));
            assertEquals("", view.getUtf8(utf8.length, 0));
            assertEquals("\ufffd", view.getUtf8(1, 1));
        }

        @Test
        void shouldCopyOut() {
            BytesView view = view(new byte[] {1, 2, 3, 4});
            assertArrayEquals(new byte[] {1, 2, 3, 4}, view.toByteArray());
            byte[] target = new byte[5];
            view.copyTo(1, target, 2, 2);
            assertArrayEquals(new byte[] {0, 0, 2, 3, 0}, target);
            ByteBuffer memory = ByteBuffer.allocateDirect(6);
            view.copyToMemory(Memory.addressOf(memory) + 1);
            byte[] copied = new byte[6];
            memory.get(copied);
            assertArrayEquals(new byte[] {0, 1, 2, 3, 4, 0}, copied);
        }

        @Test
        void shouldWindowAWindow() {
            BytesView view = view(new byte[] {1, 2, 3, 4, 5});
            BytesView inner = new BytesView().wrap(view, 1, 3);
            assertArrayEquals(new byte[] {2, 3, 4}, inner.toByteArray());
            assertArrayEquals(new byte[] {3}, inner.wrap(inner, 1, 1).toByteArray());
            assertEquals(5, view.length());
        }

        @Test
        void shouldReadNothingAfterItsRelease() {
            BytesView view = view(new byte[] {1});
            view.release();
            assertEquals(0, view.length());
            outside(() -> view.getByte(0));
            assertArrayEquals(new byte[0], view.toByteArray());
        }

        @Test
        void shouldShowAnotherPartOfItself() {
            BytesView view = view(new byte[] {1, 2, 3, 4, 5});
            BytesView part = new BytesView().wrap(view, 1, 4);
            view.wrap(part, 1, 3);
            assertArrayEquals(new byte[] {3, 4, 5}, view.toByteArray());
            view.wrap(view, 0, 2);
            assertArrayEquals(new byte[] {3, 4}, view.toByteArray());
            assertArrayEquals(new byte[] {2, 3, 4, 5}, part.toByteArray());
        }

        @Test
        void shouldCompareUnsignedAndPrefixesFirst() {
            for (int i = 0; i < 2_000; i++) {
                byte[] left = few();
                byte[] right = few();
                BytesView view = view(left);
                BytesView other = BytesView.of(right);
                String facts = Arrays.toString(left) + Arrays.toString(right) + " seed=" + SEED;
                int expected = Integer.signum(Arrays.compareUnsigned(left, right));
                assertEquals(expected, Integer.signum(view.compareTo(other)), facts);
                assertEquals(-expected, Integer.signum(other.compareTo(view)), facts);
                assertEquals(Arrays.equals(left, right), view.equals(other), facts);
                boolean prefix =
                        right.length <= left.length
                                && Arrays.equals(Arrays.copyOf(left, right.length), right);
                assertEquals(prefix, view.startsWith(other), facts);
                if (expected == 0) {
                    assertEquals(view.hashCode(), other.hashCode(), facts);
                }
            }
        }

        private byte[] few() {
            byte[] alphabet = {0, 1, 127, -128, -1};
            byte[] bytes = new byte[random.nextInt(4)];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = alphabet[random.nextInt(alphabet.length)];
            }
            return bytes;
        }

        static void outside(Runnable call) {
            assertThrows(IndexOutOfBoundsException.class, call::run);
        }
    }

    @Nested
    class OnTheHeap extends ViewContract {
        @Override
        BytesView view(byte[] bytes) {
            byte[] wider = new byte[bytes.length + 7];
            Arrays.fill(wider, (byte) 0x5a);
            System.arraycopy(bytes, 0, wider, 3, bytes.length);
            return new BytesView().wrap(wider, 3, bytes.length);
        }

        @Test
        void shouldRefuseAWindowOutsideItsArray() {
            byte[] array = new byte[4];
            BytesView view = new BytesView();
            assertThrows(IndexOutOfBoundsException.class, () -> view.wrap(array, 1, 4));
            assertThrows(IndexOutOfBoundsException.class, () -> view.wrap(array, -1, 1));
            assertThrows(IndexOutOfBoundsException.class, () -> view.wrap(array, 1, -1));
            assertThrows(
                    IndexOutOfBoundsException.class,
                    () -> view.wrap(array, Integer.MAX_VALUE, Integer.MAX_VALUE));
            assertEquals(0, view.wrap(array, 4, 0).length());
        }
    }

    @Nested
    class InMemory extends ViewContract {
        /** Keeps the memory reachable as long as the views on it. */
        private ByteBuffer memory = ByteBuffer.allocateDirect(0);

        @Override
        BytesView view(byte[] bytes) {
            memory = ByteBuffer.allocateDirect(bytes.length + 7);
            memory.put(3, bytes);
            return new BytesView().wrapMemory(Memory.addressOf(memory) + 3, bytes.length);
        }

        @Test
        void shouldTakeBackItsPartsAtItsRelease() {
            BytesView view = view(new byte[] {1, 2, 3, 4});
            BytesView part = new BytesView().wrap(view, 1, 3);
            BytesView inner = new BytesView().wrap(part, 1, 2);
            view.release();
            outside(() -> part.getByte(0));
            outside(() -> inner.getByte(0));
        }

        @Test
        void shouldTakeBackItsPartsWhenItMoves() {
            BytesView view = view(new byte[] {1, 2, 3, 4});
            BytesView part = new BytesView().wrap(view, 1, 3);
            BytesView inner = new BytesView().wrap(part, 1, 2);
            BytesView lasting = new BytesView().wrapLasting(part);
            view.wrapMemory(Memory.addressOf(memory), 2);
            outside(() -> part.getByte(0));
            outside(() -> inner.getByte(0));
            assertEquals(2, lasting.getByte(0));
        }

        @Test
        void shouldLeaveAlonePartsThatHaveMoved() {
            ByteBuffer first = ByteBuffer.allocateDirect(4);
            BytesView one = new BytesView().wrapMemory(Memory.addressOf(first), 4);
            BytesView two = view(new byte[] {5, 6});
            BytesView part = new BytesView().wrap(one, 0, 1).wrap(two, 1, 1);
            one.release();
            assertEquals(6, part.getByte(0));
            part.wrap(one, 0, 0).wrap(two, 0, 1).wrap(new byte[] {7}, 0, 1);
            two.release();
            assertEquals(7, part.getByte(0));
            assertEquals(4, first.capacity());
        }

        /** As who reads a list may make them. */
        @Test
        void shouldTakeBackPartsOfPartsHoweverDeep() {
            BytesView view = view(new byte[] {1});
            BytesView part = view;
            for (int i = 0; i < 20_000; i++) {
                part = new BytesView().wrap(part, 0, 1);
            }
            BytesView last = part;
            assertEquals(1, last.getByte(0));
            view.release();
            outside(() -> last.getByte(0));
        }

        @Test
        void shouldTellTheAddressOfTheFirstByteWhateverThePosition() {
            ByteBuffer buffer = ByteBuffer.allocateDirect(8);
            long address = Memory.addressOf(buffer);
            assertEquals(address, Memory.addressOf(buffer.position(3).limit(5)));
            assertEquals(address + 3, Memory.addressOf(buffer.slice()));
        }

        @Test
        void shouldWriteAndReadMemory() {
            ByteBuffer buffer = ByteBuffer.allocateDirect(32).order(ByteOrder.LITTLE_ENDIAN);
            long address = Memory.addressOf(buffer);
            Memory.putLong(address + 3, 0x0102030405060708L);
            assertEquals(0x0102030405060708L, buffer.getLong(3));
            assertEquals(0x0102030405060708L, Memory.getLong(address + 3));
            assertEquals(0x05060708, Memory.getInt(address + 3));
            assertEquals(0x0708, Memory.getShort(address + 3));
            assertEquals(0x08, Memory.getByte(address + 3));
            Memory.copy(new byte[] {9, 8, 7, 6}, 1, address + 20, 2);
            assertEquals(8, buffer.get(20));
            assertEquals(7, buffer.get(21));
            assertEquals(0, buffer.get(22));
            byte[] target = new byte[4];
            Memory.copy(address + 20, target, 1, 2);
            assertArrayEquals(new byte[] {0, 8, 7, 0}, target);
            Memory.copy(address, target, 4, 0);
            Reference.reachabilityFence(buffer);
        }
    }

    @Nested
    class Writer {
        @Test
        void shouldWriteWhatAViewReads() {
            BytesWriter out = new BytesWriter(0);
            out.putByte(-1).putShort(-2).putInt(-3).putLong(Long.MIN_VALUE).putDouble(0.1);
            out.putBytes(new byte[] {1, 2}).putBytes(new byte[] {3, 4, 5}, 1, 1);
            out.putBytes(BytesView.of(new byte[] {6})).putUtf8("\u20ac");
            BytesView view = out.view();
            assertEquals(-1, view.getByte(0));
            assertEquals(-2, view.getShort(1));
            assertEquals(-3, view.getInt(3));
            assertEquals(Long.MIN_VALUE, view.getLong(7));
            assertEquals(0.1, view.getDouble(15));
            byte[] rest = {1, 2, 4, 6, (byte) 0xe2, (byte) 0x82, (byte) 0xac};
            assertArrayEquals(rest, Arrays.copyOfRange(out.toByteArray(), 23, 30));
            assertEquals(30, out.size());
        }

        @Test
        void shouldKeepTheOrderOfOrderedNumbers() {
            Random random = new Random(SEED);
            for (int i = 0; i < 2_000; i++) {
                long a = random.nextLong() >> random.nextInt(64);
                long b = random.nextInt(10) == 0 ? a + 1 : random.nextLong();
                byte[] left = new BytesWriter().putOrderedLong(a).toByteArray();
                byte[] right = new BytesWriter().putOrderedLong(b).toByteArray();
                int expected = Long.compare(a, b);
                int actual = Integer.signum(Arrays.compareUnsigned(left, right));
                assertEquals(expected, actual, "seed=" + SEED);
                byte[] leftInt = new BytesWriter().putOrderedInt((int) a).toByteArray();
                byte[] rightInt = new BytesWriter().putOrderedInt((int) b).toByteArray();
                assertEquals(
                        Integer.compare((int) a, (int) b),
                        Integer.signum(Arrays.compareUnsigned(leftInt, rightInt)),
                        "seed=" + SEED);
            }
        }

        @Test
        void shouldOverwriteOnlyWhatWasWritten() {
            BytesWriter out = new BytesWriter().putLong(0).putLong(0);
            out.setShort(0, -2);
            out.setInt(2, -3);
            out.setLong(8, -4);
            assertEquals(-2, out.view().getShort(0));
            assertEquals(-3, out.view().getInt(2));
            assertEquals(-4, out.view().getLong(8));
            assertEquals(16, out.size());
            assertThrows(IndexOutOfBoundsException.class, () -> out.setShort(15, 0));
            assertThrows(IndexOutOfBoundsException.class, () -> out.setInt(-1, 0));
            assertThrows(IndexOutOfBoundsException.class, () -> out.setLong(9, 0));
        }

        @Test
        void shouldForgetWhatIsResetOrTruncated() {
            BytesWriter out = new BytesWriter().putInt(1).putInt(2);
            out.truncate(4);
            assertEquals(4, out.size());
            assertThrows(IndexOutOfBoundsException.class, () -> out.truncate(5));
            assertThrows(IndexOutOfBoundsException.class, () -> out.truncate(-1));
            out.putInt(3);
            assertEquals(3, out.view().getInt(4));
            byte[] array = out.array();
            assertEquals(0, out.reset().size());
            assertEquals(0, out.view().length());
            assertTrue(array == out.array());
        }

        @Test
        void shouldTakeItsOwnViewWhileItGrows() {
            BytesWriter out = new BytesWriter(3).putByte(1).putByte(2).putByte(3);
            out.putBytes(out.view());
            assertArrayEquals(new byte[] {1, 2, 3, 1, 2, 3}, out.toByteArray());
        }

        @Test
        void shouldRefuseToGrowBeyondAnArray() {
            BytesWriter out = new BytesWriter().putByte(1);
            assertThrows(IllegalArgumentException.class, () -> out.ensure(Integer.MAX_VALUE));
            assertEquals(1, out.size());
        }

        @Test
        void shouldBehaveLikeABufferUnderRandomUse() {
            Random random = new Random(SEED);
            BytesWriter out = new BytesWriter(random.nextInt(10));
            ByteBuffer expected = ByteBuffer.allocate(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < 20_000; i++) {
                switch (random.nextInt(5)) {
                    case 0 -> {
                        out.putByte(i);
                        expected.put((byte) i);
                    }
                    case 1 -> {
                        out.putShort(i);
                        expected.putShort((short) i);
                    }
                    case 2 -> {
                        out.putInt(i);
                        expected.putInt(i);
                    }
                    case 3 -> {
                        out.putLong(i);
                        expected.putLong(i);
                    }
                    default -> {
                        byte[] bytes = new byte[random.nextInt(60)];
                        random.nextBytes(bytes);
                        out.putBytes(bytes);
                        expected.put(bytes);
                    }
                }
            }
            byte[] written = Arrays.copyOf(expected.array(), expected.position());
            assertArrayEquals(written, out.toByteArray(), "seed=" + SEED);
        }
    }

    @Test
    void shouldNotBeEqualToOtherThings() {
        BytesView view = BytesView.of(new byte[] {1});
        assertNotEquals(view, new byte[] {1});
        assertFalse(view.equals(null));
        assertEquals("BytesView[length=1]", view.toString());
    }

    /** Nothing is allocated for it, and what was written stays. */
    @Test
    void shouldRefuseMoreThanTwoGigabytes() {
        BytesWriter out = new BytesWriter().putLong(7);
        for (int more : new int[] {Integer.MAX_VALUE, Integer.MAX_VALUE - 15}) {
            IllegalArgumentException e =
                    assertThrows(IllegalArgumentException.class, () -> out.ensure(more));
            assertTrue(e.getMessage().contains("2 GiB"), e.getMessage());
            assertThrows(IllegalArgumentException.class, () -> out.skip(more));
        }
        assertEquals(8, out.putLong(8).toByteArray().length - 8);
    }
}
