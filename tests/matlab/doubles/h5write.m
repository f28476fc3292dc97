% h5write.m - MATLAB's function for the test: appends the numbers as they lie in memory, which is how
% HDF5 gets them, with the axes in reverse order.
% SPDX-License-Identifier: Apache-2.0
function h5write(file, name, array)
out = fopen(file, 'a');
fprintf(out, '%s %s %s:%s\n', name, class(array), mat2str(size(array)), sprintf(' %.17g', double(array(:))));
fclose(out);
end
