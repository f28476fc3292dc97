% axes.m - calls the functions of matlab/ for functions.py: what they read is written as text.
%   octave-cli axes.m RESULTS DATA_OUT
% SPDX-License-Identifier: Apache-2.0
arguments = argv();
results = lfads_read_results(arguments{1});
for name = fieldnames(results)'
    array = results.(name{1});
    printf('%s %s:%s\n', name{1}, mat2str(size(array)), sprintf(' %.17g', double(array(:))));
end
% element (t, b, c) is 100 t + 10 b + c
[t, b, c] = ndgrid(1:4, 1:3, 1:2);
data.train_data = int32(100 * t + 10 * b + c);
data.valid_data = 100 * t(:, :, 1) + 10 * b(:, :, 1) + 1; % of one channel
data.train_condition = [5 6 7 8];
data.dt = 0.01;
data.train_mask = true(4, 1);
lfads_write_data(arguments{2}, data)
for wrong = {{arguments{2}, data}, {[arguments{2} '2'], 3}, {[arguments{2} '2'], struct('train_data', 'x')}}
    try
        lfads_write_data(wrong{1}{:})
        printf('NOT REFUSED\n')
    catch reason
        printf('REFUSED %s\n', reason.message)
    end
end
try
    lfads_read_results('nowhere')
catch reason
    printf('REFUSED %s\n', reason.message)
end
