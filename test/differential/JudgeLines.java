import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Judges lines by a pattern as Spark does, on a stack far smaller than Spark's. Reads a pattern and lines, each behind its
 * length in bytes; writes a sign for each line: 1 it matches, 0 it does not, S the stack was too small.
 */
class JudgeLines {
  private static final int STACK_BYTES = 160 * 1024;

  public static void main(String[] arguments) throws Exception {
    Thread judge = new Thread(null, JudgeLines::judgeAll, "judge", STACK_BYTES);
    judge.start();
    judge.join();
  }

  private static void judgeAll() {
    StringBuilder verdicts = new StringBuilder();
    try (DataInputStream in = new DataInputStream(System.in)) {
      Pattern pattern = Pattern.compile(new String(next(in), StandardCharsets.UTF_8));
      for (byte[] line = next(in); line != null; line = next(in)) {
        verdicts.append(judge(pattern, new String(line, StandardCharsets.UTF_8)));
      }
    } catch (IOException failed) {
      throw new IllegalStateException(failed);
    }
    System.out.print(verdicts);
  }

  private static char judge(Pattern pattern, String line) {
    try {
      return pattern.matcher(line).find() ? '1' : '0';
    } catch (StackOverflowError overflow) {
      return 'S';
    }
  }

  private static byte[] next(DataInputStream in) throws IOException {
    byte[] length = in.readNBytes(4);
    return length.length < 4 ? null : in.readNBytes(java.nio.ByteBuffer.wrap(length).getInt());
  }
}
