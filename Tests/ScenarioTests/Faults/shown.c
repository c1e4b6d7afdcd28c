// Writes down all that a tree holds, and prints by what number its top goes: `shown TREE FOLDER`.
#include "durable.h"

int main(int count, char **words) {
  if (count != 3) return 2;
  int tree = open(words[1], O_RDONLY | O_DIRECTORY), folder = open(words[2], O_RDONLY | O_DIRECTORY);
  struct statx status;
  if (tree < 0 || folder < 0 || look(tree, "", &status) != 0) return 1;
  keep_directory(folder, tree, 1);
  char id[64];
  name_of(&status, id, sizeof id);
  puts(id);
  return 0;
}
